package org.virtkeep.repository;

/// One of the ways to open an encrypted repository. Immutable.
///
/// @param name 16 hexadecimal digits
/// @param passphrase true if a passphrase opens it, false if a key file does
/// @param current true if the repository was opened with it
public record KeySlotInfo(String name, boolean passphrase, boolean current) {}
