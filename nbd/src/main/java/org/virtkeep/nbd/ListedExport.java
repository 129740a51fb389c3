package org.virtkeep.nbd;

/// An export as a server lists it (`NBD_REP_SERVER`).
///
/// @param description for people; often empty
public record ListedExport(String name, String description) {}
