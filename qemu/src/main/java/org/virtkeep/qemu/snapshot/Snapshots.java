package org.virtkeep.qemu.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.JointCheckpoint;
import org.virtkeep.qemu.backup.Quiesced;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.KnownRecords;
import org.virtkeep.qemu.session.SnapshotOperations;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qemu.watch.FolderStates;

/// The snapshot calls of a domain. Thread-safe across domains.
public final class Snapshots implements SnapshotOperations {
    private final Root root;
    private final BackupOperations backups;
    private final PivotGuard.Starter guards;
    private final DiskClaims claims;

    private final KnownRecords<List<String>> names;

    /// @param states tell whether what was read before still holds
    public Snapshots(
            Root root, FolderStates states, BackupOperations backups, PivotGuard.Starter guards, DiskClaims claims) {
        this.root = root;
        this.names = new KnownRecords<>(states, _ -> true);
        this.backups = backups;
        this.guards = guards;
        this.claims = claims;
    }

    @Override
    public String create(
            DomainSession session,
            SnapshotDefinition definition,
            Optional<CheckpointDefinition> checkpoint,
            Set<SnapshotCreateFlag> flags) {
        requireActive(session, "take a snapshot of it");
        SnapshotStore.of(session).requireNoChange();
        if (flags.contains(SnapshotCreateFlag.QUIESCE)) {
            Quiesced.requireAgent(session);
        }
        Optional<JointCheckpoint> joint = checkpoint.map(asked -> JointCheckpoint.plan(session, asked));
        SnapshotCreation plan = new SnapshotPlanner(session, flags, claims).plan(definition, joint);
        new SnapshotTaking(session, plan, joint, flags.contains(SnapshotCreateFlag.QUIESCE)).run();
        return plan.name();
    }

    private static void requireActive(DomainSession session, String whatFor) {
        if (!session.isActive()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID,
                    "domain '%s' is not running; start it (with --paused its guest does not run), and %s then"
                            .formatted(session.name(), whatFor));
        }
    }

    @Override
    public List<String> names(DomainFolder folder) {
        return names.of(
                folder,
                () -> store(folder).all().stream()
                        .map(snapshot -> snapshot.name().orElseThrow())
                        .toList());
    }

    @Override
    public SnapshotDefinition definition(DomainFolder folder, String name) {
        return store(folder).require(name).withCookie(Optional.empty());
    }

    @Override
    public Optional<String> current(DomainFolder folder) {
        return store(folder).current();
    }

    @Override
    public void forget(DomainSession session, String name) {
        SnapshotStore store = SnapshotStore.of(session);
        store.requireNoChange();
        store.remove(store.require(name));
    }

    @Override
    public void beginDelete(DomainSession session, String name) {
        SnapshotStore store = SnapshotStore.of(session);
        SnapshotDefinition snapshot = store.require(name);
        store.requireNoChange();
        requireActive(session, "delete snapshot '%s'".formatted(name));
        List<BackupJob> jobs = backups.jobs(session);
        SnapshotDeletion deletion = new DeletionPlanner(session, jobs, claims).plan(snapshot);
        new Merging(session, guards).begin(deletion);
    }

    @Override
    public Optional<Snapshot.Progress> deletion(DomainSession session, String name) {
        SnapshotStore store = SnapshotStore.of(session);
        Optional<SnapshotChange> change = store.change();
        if (change.isPresent()
                && change.get() instanceof SnapshotDeletion deletion
                && deletion.name().equals(name)) {
            return Optional.of(new Merging(session, guards).progress(deletion));
        }
        store.find(name).ifPresent(snapshot -> {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_FAILED,
                    "snapshot '%s' of domain '%s' was not deleted: %s"
                            .formatted(
                                    name,
                                    session.name(),
                                    Memory.of(snapshot).failure().orElse("the deletion was interrupted")));
        });
        return Optional.empty();
    }

    @Override
    public void revert(DomainSession session, String name) {
        SnapshotStore store = SnapshotStore.of(session);
        SnapshotDefinition snapshot = store.require(name);
        store.requireNoChange();
        new Reverting(session).run(snapshot);
    }

    private SnapshotStore store(DomainFolder folder) {
        return new SnapshotStore(folder, root.durable());
    }
}
