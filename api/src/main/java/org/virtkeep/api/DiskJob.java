package org.virtkeep.api;

/// A block job of a disk as it stands now (`virDomainBlockJobInfo`).
///
/// @param bytesPerSecond its limit; 0 is none
/// @param current        how far it is, in a unit of its own
/// @param end            where `current` will be when it is done; both are 0 while that is not known
/// @param ready          it has caught up with the guest, and waits to be told what to do
public record DiskJob(BlockJobType type, long bytesPerSecond, long current, long end, boolean ready) {}
