package org.virtkeep.api;

/// A domain at a glance (`virDomainInfo`).
///
/// @param maximumMemoryKib what it may have
/// @param memoryKib        what it has now, where a balloon takes some of it
/// @param vcpus            its processors
/// @param cpuNanoseconds   processor time that its QEMU has used since it was started; 0 while it is
///     shut off
public record DomainInfo(DomainState state, long maximumMemoryKib, long memoryKib, int vcpus, long cpuNanoseconds) {}
