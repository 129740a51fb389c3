package org.virtkeep.api;

/// Sizes of a disk in bytes, as `virDomainGetBlockInfo` gives them.
///
/// @param capacity   what the guest sees
/// @param allocation what the image occupies on its host; for a qcow2 image on a block device, its
///     highest used byte
/// @param physical   size of the file or device that holds the image
public record BlockInfo(long capacity, long allocation, long physical) {}
