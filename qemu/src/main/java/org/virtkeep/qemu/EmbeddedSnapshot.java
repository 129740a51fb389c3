package org.virtkeep.qemu;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.session.SnapshotOperations;
import org.virtkeep.qemu.state.DomainFolder;

/// A snapshot by its names. Immutable.
final class EmbeddedSnapshot implements Snapshot {
    private static final Duration FIRST_LOOK = Duration.ofMillis(10);
    private static final Duration LAST_LOOK = Duration.ofMillis(500);

    private final Sessions sessions;
    private final SnapshotOperations snapshots;
    private final String domain;
    private final String name;

    EmbeddedSnapshot(Sessions sessions, SnapshotOperations snapshots, String domain, String name) {
        this.sessions = sessions;
        this.snapshots = snapshots;
        this.domain = domain;
        this.name = name;
    }

    private DomainFolder folder() {
        return sessions.root().folder(domain);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> parent() {
        return definition().parent();
    }

    @Override
    public boolean isCurrent() {
        return snapshots.current(folder()).filter(name::equals).isPresent();
    }

    @Override
    public SnapshotDefinition definition() {
        return snapshots.definition(folder(), name);
    }

    @Override
    public String xml() {
        return SnapshotXml.write(definition());
    }

    @Override
    public void delete(Set<DeleteFlag> flags, Consumer<Progress> progress) {
        definition();
        for (String each : toDelete(flags)) {
            if (flags.contains(DeleteFlag.METADATA_ONLY)) {
                try (DomainSession session = sessions.open(domain, "snapshot-delete")) {
                    snapshots.forget(session, each);
                }
            } else {
                delete(each, progress);
            }
        }
    }

    /// Children before parents: what is merged last holds all.
    private List<String> toDelete(Set<DeleteFlag> flags) {
        var names = new ArrayList<String>();
        if (flags.contains(DeleteFlag.CHILDREN) || flags.contains(DeleteFlag.CHILDREN_ONLY)) {
            addDescendants(name, names);
        }
        if (!flags.contains(DeleteFlag.CHILDREN_ONLY)) {
            names.add(name);
        }
        return names;
    }

    private void addDescendants(String parent, List<String> names) {
        for (String each : snapshots.names(folder())) {
            if (snapshots
                    .definition(folder(), each)
                    .parent()
                    .filter(parent::equals)
                    .isPresent()) {
                addDescendants(each, names);
                names.add(each);
            }
        }
    }

    /// The domain is free between two looks: a merging may take hours.
    private void delete(String each, Consumer<Progress> progress) {
        try (DomainSession session = sessions.open(domain, "snapshot-delete")) {
            snapshots.beginDelete(session, each);
        }
        Duration pause = FIRST_LOOK;
        for (Optional<Progress> now = look(each); now.isPresent(); now = look(each)) {
            progress.accept(now.get());
            LockSupport.parkNanos(pause.toNanos());
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw VirtException.qemu(
                        ErrorCode.OPERATION_ABORTED,
                        "interrupted; snapshot '%s' of domain '%s' is still being deleted".formatted(each, domain));
            }
            pause = pause.compareTo(LAST_LOOK) < 0 ? pause.multipliedBy(2) : LAST_LOOK;
        }
    }

    private Optional<Progress> look(String each) {
        try (DomainSession session = sessions.open(domain, "snapshot-delete")) {
            return snapshots.deletion(session, each);
        }
    }

    @Override
    public void revert() {
        try (DomainSession session = sessions.open(domain, "snapshot-revert")) {
            snapshots.revert(session, name);
        }
    }
}
