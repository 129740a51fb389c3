package org.virtkeep.qemu;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qmp.QmpMonitor;

/// The running domains of which a session found that nothing is to be done about them: no unfinished
/// job, no change that was interrupted, the state announced. As long as nobody changes their files
/// ([FolderTimes]) and their QEMU, which is listened to ([WatchedDomains]), tells of no change, another
/// session would find the same. So what is only asked about them is answered without one: nobody has to
/// wait for the domain, and no connection is made. Thread-safe.
final class SettledDomains {
    private final WatchedDomains watched;
    private final BackupOperations backups;
    private final Map<String, Settled> known = new ConcurrentHashMap<>();
    /// Of domains that were found not to be settled.
    private final Map<String, FolderTimes> unsettled = new ConcurrentHashMap<>();

    SettledDomains(BackupOperations backups, WatchedDomains watched) {
        this.backups = backups;
        this.watched = watched;
    }

    /// A domain as a session left it.
    record Settled(FolderTimes times, UUID uuid, DomainRun run, DomainDefinition definition) {
        StateReason reason() {
            return ReasonWords.ofRecord(run);
        }
    }

    /// Empty if the domain has to be looked at.
    Optional<Settled> find(DomainFolder folder) {
        Settled last = known.get(folder.name());
        if (last == null) {
            return Optional.empty();
        }
        if (FolderTimes.ofAll(folder).filter(last.times::equals).isEmpty()) {
            known.remove(folder.name(), last);
            return Optional.empty();
        }
        return watched.isUpToDate(folder, last.run) ? Optional.of(last) : Optional.empty();
    }

    /// Remembers what a session found, if there is nothing left to be done. The session still holds the domain.
    void note(DomainSession session) {
        DomainFolder folder = session.folder();
        Optional<DomainRun> run =
                session.run().filter(WatchedDomains::isSteady).filter(steady -> watched.isUpToDate(folder, steady));
        if (run.isEmpty()) {
            return;
        }
        Optional<FolderTimes> times = FolderTimes.ofAll(folder).filter(FolderTimes::areLongAgo);
        if (times.isEmpty()) {
            return;
        }
        if (!session.isSettled()) {
            unsettled.put(folder.name(), times.get());
        } else {
            folder.uuid()
                    .ifPresent(uuid ->
                            known.put(folder.name(), new Settled(times.get(), uuid, run.get(), session.definition())));
        }
    }

    /// True if a session may find a running domain settled that was not found so since it changed.
    boolean isWorthALook(DomainFolder folder) {
        return find(folder).isEmpty()
                && FolderTimes.ofAll(folder)
                        .filter(FolderTimes::areLongAgo)
                        .filter(times -> !times.equals(unsettled.get(folder.name())))
                        .isPresent()
                && !backups.hasRunning(folder);
    }

    /// Asks QEMU over the connection that listens to it.
    ///
    /// @param question changes nothing, neither in files nor in QEMU
    /// @return empty if that cannot be done, or if the domain was changed meanwhile
    /// @throws VirtException OPERATION_TIMEOUT if QEMU does not answer
    <T> Optional<T> ask(Sessions sessions, DomainFolder folder, Function<DomainSession, T> question) {
        Optional<Settled> before = find(folder);
        Optional<QmpMonitor> monitor = before.flatMap(settled -> watched.monitor(folder, settled.run));
        if (monitor.isEmpty()) {
            return Optional.empty();
        }
        try {
            DomainSession glance = sessions.glance(folder, before.get().run, before.get().definition, monitor.get());
            return Optional.of(question.apply(glance)).filter(_ -> find(folder).equals(before));
        } catch (VirtException e) {
            if (e.code() == ErrorCode.OPERATION_TIMEOUT) {
                throw e;
            }
            return Optional.empty(); // who holds the domain gets the same error, or a better one
        }
    }
}
