package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefaults;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotDisk;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.JointCheckpoint;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;

/// Turns a request for a snapshot into a [SnapshotCreation], or refuses it. Touches nothing.
final class SnapshotPlanner {
    private final DomainSession session;
    private final Set<SnapshotCreateFlag> flags;
    private final BlockGraph graph;
    private final Map<String, LiveDisk> liveDisks;
    private final DiskClaims claims;

    SnapshotPlanner(DomainSession session, Set<SnapshotCreateFlag> flags, DiskClaims claims) {
        this.claims = claims;
        this.session = session;
        this.flags = flags;
        this.graph = BlockGraph.query(session);
        this.liveDisks = session.disks().stream().collect(Collectors.toMap(LiveDisk::target, Function.identity()));
    }

    /// @throws VirtException what is wrong with it
    SnapshotCreation plan(SnapshotDefinition asked, Optional<JointCheckpoint> checkpoint) {
        requireDisksOnly(asked);
        SnapshotDefinition complete = SnapshotDefaults.fill(asked, session.definition(), Instant.now());
        SnapshotStore store = SnapshotStore.of(session);
        requireFree(store, complete.name().orElseThrow());
        var overlays = new ArrayList<Overlay>();
        for (SnapshotDisk disk : complete.external()) {
            overlays.add(overlay(disk));
        }
        SnapshotDefinition stored = complete.withState(SnapshotDefinition.DISKS_ONLY)
                .withParent(store.current())
                .withDomain(session.definition().document());
        return new SnapshotCreation(
                session.run().orElseThrow().id(),
                SnapshotCreation.Phase.PREPARING,
                new Memory(checkpoint.map(JointCheckpoint::name), false, Optional.empty(), false).keptIn(stored),
                checkpoint.map(JointCheckpoint::xml),
                !flags.contains(SnapshotCreateFlag.NO_METADATA),
                overlays);
    }

    private void requireDisksOnly(SnapshotDefinition asked) {
        boolean saysSo = asked.memory().filter(SnapshotDisk.Location.NO::equals).isPresent();
        if (!saysSo && !flags.contains(SnapshotCreateFlag.DISK_ONLY)) {
            throw refusal(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "a snapshot of domain '%s' while it runs would include its memory, which is not supported; "
                            + "take one of its disks only (--disk-only)",
                    session.name());
        }
    }

    private void requireFree(SnapshotStore store, String name) {
        if (store.find(name).isPresent()) {
            throw refusal(
                    ErrorCode.OPERATION_FAILED,
                    "domain moment '%s' of domain '%s' already exists; choose another name, or delete it",
                    name,
                    session.name());
        }
    }

    private Overlay overlay(SnapshotDisk wanted) {
        LiveDisk disk = Optional.ofNullable(liveDisks.get(wanted.name()))
                .orElseThrow(() -> refusal(
                        ErrorCode.CONFIG_UNSUPPORTED,
                        "disk '%s' of domain '%s' has no medium; say snapshot='no' for it",
                        wanted.name(),
                        session.name()));
        claims.requireNone(session, disk.target());
        DiskChain chain = graph.chain(disk);
        DiskSource base = disk.disk().source().orElseThrow();
        if (base instanceof DiskSource.Nbd) {
            throw refusal(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "disk '%s' of domain '%s' is on the network ('%s'), and an overlay on it could not be opened again; "
                            + "say snapshot='no' for it",
                    disk.target(),
                    session.name(),
                    base.describe());
        }
        boolean reused = flags.contains(SnapshotCreateFlag.REUSE_EXTERNAL);
        var overlay = new Overlay(
                disk.target(),
                chain.active().name(),
                base,
                disk.disk().format(),
                freeNode(disk.target()),
                wanted.source(),
                reused,
                chain.active().image().virtualSizeBytes());
        requireUsable(overlay, wanted.kind());
        return overlay;
    }

    /// A name for the overlay's node that no other node has.
    private String freeNode(String target) {
        int number = 1;
        while (graph.node(target + "-s" + number).isPresent()
                || graph.node(target + "-s" + number + "-f").isPresent()) {
            number++;
        }
        return target + "-s" + number;
    }

    private void requireUsable(Overlay overlay, StorageKind kind) {
        Path path = overlay.path();
        if (path.getParent() == null || !Files.isDirectory(path.getParent())) {
            throw refusal(
                    ErrorCode.SYSTEM_ERROR,
                    "directory '%s' for the overlay of disk '%s' does not exist; create it first",
                    path.getParent(),
                    overlay.target());
        }
        boolean exists = Files.exists(path);
        if (overlay.reused() || kind == StorageKind.BLOCK) {
            if (!exists) {
                throw refusal(
                        ErrorCode.SYSTEM_ERROR,
                        "external snapshot file '%s' for disk '%s' does not exist; create it%s",
                        path,
                        overlay.target(),
                        overlay.reused() ? ", or leave out --reuse-external" : "");
            }
            requireUnused(overlay);
            if (overlay.reused()) {
                requireReusable(overlay);
            }
        } else if (exists) {
            throw refusal(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "external snapshot file for disk '%s' already exists: '%s'; choose another path or delete it",
                    overlay.target(),
                    path);
        }
    }

    private void requireUnused(Overlay overlay) {
        List<String> used = session.definition().disks().stream()
                .flatMap(disk -> disk.source().stream())
                .map(DiskSource::describe)
                .toList();
        if (used.contains(overlay.image().describe())) {
            throw refusal(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "overlay '%s' of disk '%s' is in use as a disk of domain '%s' already; choose another",
                    overlay.image().describe(),
                    overlay.target(),
                    session.name());
        }
    }

    /// An overlay that holds something would change the disk under the guest, and no bitmap would know.
    private void requireReusable(Overlay overlay) {
        JsonNode info = Images.info(overlay.path());
        String why = "";
        if (!info.path("format").asText().equals("qcow2")) {
            why = "its format is '%s'".formatted(info.path("format").asText());
        } else if (info.path("virtual-size").asLong() != overlay.size()) {
            why = "its virtual size is %d bytes, and the disk's %d"
                    .formatted(info.path("virtual-size").asLong(), overlay.size());
        } else if (!isSame(info.path("full-backing-filename").asText(), overlay.base())) {
            why = "it does not rest on '%s'".formatted(overlay.base().describe());
        } else if (!info.hasNonNull("backing-filename-format")) {
            why = "it does not say which format its backing image has";
        } else if (!Images.isEmpty(overlay.path())) {
            why = "it holds data";
        }
        if (!why.isEmpty()) {
            throw refusal(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "'%s' cannot be the overlay of disk '%s': %s; make it with `qemu-img create -f qcow2 -b '%s' -F %s '%s'`",
                    overlay.path(),
                    overlay.target(),
                    why,
                    overlay.base().describe(),
                    overlay.baseFormat(),
                    overlay.path());
        }
    }

    private static boolean isSame(String backing, DiskSource base) {
        try {
            return !backing.isEmpty() && Files.isSameFile(Path.of(backing), Path.of(base.describe()));
        } catch (java.io.IOException _) {
            return false;
        }
    }

    private static VirtException refusal(ErrorCode code, String format, Object... values) {
        return VirtException.qemu(code, format.formatted(values));
    }
}
