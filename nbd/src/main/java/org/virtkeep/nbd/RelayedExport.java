package org.virtkeep.nbd;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// One export of an [NbdFrontEnd] and the upstream export behind it.
///
/// The upstream must be a frozen point in time: the relay remembers block status for as long as it runs.
///
/// @param name           what clients ask for
/// @param upstreamSocket QEMU's private NBD socket
/// @param upstreamExport the export's name there
/// @param contexts       metadata contexts with another name upstream: client-visible name to upstream name,
///     such as `qemu:dirty-bitmap:backup-vda` to `qemu:dirty-bitmap:vk3fa2-7`. `base:allocation` and
///     `qemu:allocation-depth` are passed on unasked if the upstream has them
/// @param repairHoles    report `base:allocation` extents that are HOLE without ZERO as data. QEMU 7.2 sets
///     that flag for data in backing files below a snapshot-access node, and a client that takes a hole for
///     zeroes would lose them
public record RelayedExport(
        String name, Path upstreamSocket, String upstreamExport, Map<String, String> contexts, boolean repairHoles) {

    /// @throws IllegalArgumentException if a context's name is not `NAMESPACE:LEAF`
    public RelayedExport {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(upstreamSocket, "upstreamSocket is null");
        Objects.requireNonNull(upstreamExport, "upstreamExport is null");
        contexts = Map.copyOf(contexts);
        contexts.forEach((visible, upstream) -> {
            new ContextName(visible); // refuses what is no name
            new ContextName(upstream);
        });
    }
}
