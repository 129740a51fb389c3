package org.virtkeep.qemu.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.api.BackupJob;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotDisk;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.machine.ImageChain;
import org.virtkeep.qemu.machine.ImageLayer;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;

/// Finds out how a snapshot of a running domain can be deleted, or refuses it. Touches nothing.
final class DeletionPlanner {
    private final DomainSession session;
    private final SnapshotStore store;
    private final List<BackupJob> jobs;
    private final BlockGraph graph;
    private final DiskClaims claims;

    /// @param jobs the domain's backup jobs
    DeletionPlanner(DomainSession session, List<BackupJob> jobs, DiskClaims claims) {
        this.claims = claims;
        this.session = session;
        this.store = SnapshotStore.of(session);
        this.jobs = jobs;
        this.graph = BlockGraph.query(session);
    }

    SnapshotDeletion plan(SnapshotDefinition snapshot) {
        String name = snapshot.name().orElseThrow();
        var disks = new ArrayList<MergeDisk>();
        for (SnapshotDisk disk : snapshot.external()) {
            requireNoBackup(name, disk.name());
            claims.requireNone(session, disk.name());
            DiskSource base = baseOf(snapshot, disk.name());
            requireNotNeeded(snapshot, disk.name(), base);
            disks.add(plan(name, disk, base));
        }
        return new SnapshotDeletion(name, session.run().orElseThrow().id(), disks);
    }

    /// The image that holds a disk's content as it was.
    private DiskSource baseOf(SnapshotDefinition snapshot, String target) {
        return RecordedDisks.source(snapshot, target)
                .orElseThrow(() -> refusal(
                        "the record of snapshot '%s' of domain '%s' does not say what disk '%s' was on; forget it (--metadata)",
                        snapshot.name().orElseThrow(), session.name(), target));
    }

    private void requireNoBackup(String name, String target) {
        jobs.stream()
                .filter(job -> !job.state().hasEnded()
                        && job.disks().stream().anyMatch(disk -> disk.name().equals(target)))
                .findFirst()
                .ifPresent(job -> {
                    throw refusal(
                            "snapshot '%s' of domain '%s' cannot be deleted while backup job %d uses disk '%s'; wait for it or end it (backup-end --id %d)",
                            name, session.name(), job.id(), target, job.id());
                });
    }

    /// Another snapshot whose content is in the same image would be changed.
    private void requireNotNeeded(SnapshotDefinition snapshot, String target, DiskSource base) {
        store.all().stream()
                .filter(other -> !other.name().equals(snapshot.name()))
                .filter(other -> other.external().stream()
                        .anyMatch(disk -> disk.name().equals(target)
                                && RecordedDisks.source(other, target)
                                        .filter(base::equals)
                                        .isPresent()))
                .findFirst()
                .ifPresent(other -> {
                    throw refusal(
                            "snapshot '%s' of domain '%s' cannot be deleted: image '%s' of disk '%s' is also what snapshot '%s' goes back to; delete that first",
                            snapshot.name().orElseThrow(),
                            session.name(),
                            base.describe(),
                            target,
                            other.name().orElseThrow());
                });
    }

    private MergeDisk plan(String name, SnapshotDisk wanted, DiskSource base) {
        LiveDisk live = session.disk(wanted.name());
        List<ImageLayer> layers = layers(live.disk());
        DiskChain chain = graph.chain(live);
        int top = indexOf(layers, wanted.source());
        if (top < 0
                || top + 1 >= layers.size()
                || !isSame(layers.get(top + 1).source(), base)
                || layers.size() != chain.layers().size()) {
            throw refusal(
                    "snapshot '%s' of domain '%s' cannot be deleted: disk '%s' does not rest on its overlay '%s' any more; "
                            + "forget it (--metadata), and delete the overlay yourself",
                    name, session.name(), wanted.name(), wanted.source().describe());
        }
        String topNode = chain.layers().get(top).name();
        return new MergeDisk(
                wanted.name(),
                top == 0,
                wanted.source(),
                topNode,
                graph.storage(topNode),
                List.of(),
                base,
                chain.layers().get(top + 1).name(),
                layers.get(top + 1).format(),
                MergeDisk.State.COMMITTING);
    }

    private static List<ImageLayer> layers(DomainDisk disk) {
        return ImageChain.of(disk);
    }

    private static int indexOf(List<ImageLayer> layers, DiskSource image) {
        for (int i = 0; i < layers.size(); i++) {
            if (isSame(layers.get(i).source(), image)) {
                return i;
            }
        }
        return -1;
    }

    static boolean isSame(DiskSource first, DiskSource second) {
        if (first.equals(second)) {
            return true;
        }
        if (first instanceof DiskSource.Nbd || second instanceof DiskSource.Nbd) {
            return false;
        }
        try {
            return Files.isSameFile(Path.of(first.describe()), Path.of(second.describe()));
        } catch (IOException _) {
            return false; // one of them does not exist
        }
    }

    private static VirtException refusal(String format, Object... values) {
        return VirtException.qemu(ErrorCode.OPERATION_INVALID, format.formatted(values));
    }
}
