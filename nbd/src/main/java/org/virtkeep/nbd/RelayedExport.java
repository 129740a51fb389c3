package org.virtkeep.nbd;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

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
/// @param fleecing       how to read the upstream if it is a fleeced disk, which QEMU does not always show right
public record RelayedExport(
        String name,
        Path upstreamSocket,
        String upstreamExport,
        Map<String, String> contexts,
        boolean repairHoles,
        Optional<Fleecing> fleecing) {

    /// A disk that QEMU keeps frozen with `copy-before-write` and shows through `snapshot-access`.
    ///
    /// QEMU 7.2 looks in the wrong place when a request begins in a part that the guest has overwritten since and
    /// goes on into one that it has not: it then shows what the disk holds now. So neither content nor what reads
    /// as zeroes is asked of the frozen disk; both are found out from the two it is made of. See [FleecedDevice]
    /// and `docs/decisions/001-reading-a-fleeced-disk.md`.
    ///
    /// @param liveExport    the disk as it is now, on the same upstream socket
    /// @param scratchExport the image with the old content, with `qemu:allocation-depth`
    public record Fleecing(String liveExport, String scratchExport) {
        public Fleecing {
            Objects.requireNonNull(liveExport, "liveExport is null");
            Objects.requireNonNull(scratchExport, "scratchExport is null");
        }
    }

    /// An upstream that shows itself as it is.
    public RelayedExport(
            String name,
            Path upstreamSocket,
            String upstreamExport,
            Map<String, String> contexts,
            boolean repairHoles) {
        this(name, upstreamSocket, upstreamExport, contexts, repairHoles, Optional.empty());
    }

    /// @throws IllegalArgumentException if a context's name is not `NAMESPACE:LEAF`
    public RelayedExport {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(upstreamSocket, "upstreamSocket is null");
        Objects.requireNonNull(upstreamExport, "upstreamExport is null");
        Objects.requireNonNull(fleecing, "fleecing is null");
        contexts = Map.copyOf(contexts);
        contexts.forEach((visible, upstream) -> {
            new ContextName(visible); // refuses what is no name
            new ContextName(upstream);
        });
    }
}
