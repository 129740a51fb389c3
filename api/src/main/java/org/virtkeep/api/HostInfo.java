package org.virtkeep.api;

/// The host's processors and memory (`virNodeInfo`).
///
/// @param model    of the processors' architecture, as `x86_64`
/// @param cpus     that are online
/// @param nodes    NUMA nodes
/// @param sockets  per node
/// @param cores    per socket
/// @param threads  per core
/// @param freeMemoryBytes that no process uses
public record HostInfo(
        String model,
        long memoryKib,
        int cpus,
        int megahertz,
        int nodes,
        int sockets,
        int cores,
        int threads,
        long freeMemoryBytes) {}
