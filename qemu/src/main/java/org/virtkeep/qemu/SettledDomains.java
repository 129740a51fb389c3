package org.virtkeep.qemu;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.OperationLock;
import org.virtkeep.qemu.watch.FolderState;
import org.virtkeep.qemu.watch.FolderStates;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.RunState;

/// The running domains of which a session found that nothing is to be done about them: no unfinished
/// job, no change that was interrupted, the state announced. As long as nobody changes their files
/// ([FolderState]) and their QEMU, which is listened to ([WatchedDomains]), tells of no change, another
/// session would find the same. So what is only asked about them is answered without one: nobody has to
/// wait for the domain, and no connection is made. Thread-safe.
final class SettledDomains {
    private final WatchedDomains watched;
    private final BackupOperations backups;
    private final FolderStates states;
    private final Map<String, Settled> known = new ConcurrentHashMap<>();
    /// Of domains that were found not to be settled.
    private final Map<String, FolderState> unsettled = new ConcurrentHashMap<>();

    SettledDomains(BackupOperations backups, WatchedDomains watched, FolderStates states) {
        this.backups = backups;
        this.states = states;
        this.watched = watched;
    }

    /// A domain as a session left it.
    record Settled(FolderState state, UUID uuid, DomainRun run, DomainDefinition definition) {
        StateReason reason() {
            return ReasonWords.ofRecord(run);
        }
    }

    /// Empty if the domain has to be looked at.
    Optional<Settled> find(DomainFolder folder) {
        return unchanged(folder).filter(last -> watched.isUpToDate(folder, last.run));
    }

    /// As long as its files are the same, whatever QEMU has told since.
    Optional<Settled> unchanged(DomainFolder folder) {
        Settled last = known.get(folder.name());
        if (last == null) {
            return Optional.empty();
        }
        if (states.ofAll(folder).filter(last.state::equals).isEmpty()) {
            known.remove(folder.name(), last);
            return Optional.empty();
        }
        return Optional.of(last);
    }

    /// Remembers what a session found, if there is nothing left to be done. The session still holds the domain.
    void note(DomainSession session) {
        DomainFolder folder = session.folder();
        Optional<DomainRun> run =
                session.run().filter(WatchedDomains::isSteady).filter(steady -> watched.isUpToDate(folder, steady));
        if (run.isEmpty()) {
            return;
        }
        Optional<FolderState> now = states.ofAll(folder).filter(FolderState::showsChanges);
        if (now.isEmpty()) {
            return;
        }
        if (!session.isSettled()) {
            unsettled.put(folder.name(), now.get());
        } else {
            folder.uuid()
                    .ifPresent(uuid ->
                            known.put(folder.name(), new Settled(now.get(), uuid, run.get(), session.definition())));
        }
    }

    /// True if a session may find a running domain settled that was not found so since it changed.
    boolean isWorthALook(DomainFolder folder) {
        return find(folder).isEmpty()
                && states.ofAll(folder)
                        .filter(FolderState::showsChanges)
                        .filter(now -> !now.equals(unsettled.get(folder.name())))
                        .isPresent()
                && !backups.hasRunning(folder);
    }

    /// Sends something of the user's to QEMU over the connection that listens to it, while the domain is held. Nothing
    /// may have been changed in its files since it was settled; what QEMU does by now is the user's business.
    ///
    /// @param mayChange false if it changes nothing in QEMU; otherwise the domain has to be looked at afterwards
    /// @return empty if that cannot be done: nothing was sent then
    /// @throws VirtException OPERATION_TIMEOUT if the domain is busy; what the command throws
    <T> Optional<T> command(
            Sessions sessions,
            DomainFolder folder,
            String what,
            boolean mayChange,
            Function<DomainSession, T> command) {
        if (unchanged(folder).isEmpty()) {
            return Optional.empty();
        }
        try (OperationLock _ = folder.lock(what, Deadline.in(Sessions.USUAL_LIMIT))) {
            Optional<Settled> settled = unchanged(folder);
            Optional<QmpMonitor> monitor = settled.flatMap(last -> watched.monitor(folder, last.run));
            if (monitor.isEmpty()) {
                return Optional.empty();
            }
            Settled last = settled.get();
            try {
                return Optional.of(command.apply(sessions.glance(folder, last.run, last.definition, monitor.get())));
            } finally {
                if (mayChange) {
                    watched.touched(folder, last.run);
                }
            }
        }
    }

    /// Announces what the guest of a settled domain has done since. The domain is settled then as before.
    ///
    /// @param deadline for the domain to be free, and for QEMU to answer
    /// @return false if it is not settled, is busy, or more is to be done about it; nothing was announced then
    boolean announce(Sessions sessions, DomainFolder folder, Deadline deadline) {
        Optional<Settled> settled = unchanged(folder);
        Optional<QmpMonitor> monitor = settled.flatMap(last -> watched.monitor(folder, last.run));
        if (monitor.isEmpty()) {
            return false;
        }
        Settled last = settled.get();
        DomainSession glance = sessions.glance(folder, last.run, last.definition, monitor.get());
        Optional<RunState> now = Sessions.steadyState(glance, deadline); // while whoever holds the domain ends
        Optional<OperationLock> lock = now.flatMap(_ -> folder.tryLock("look", deadline));
        if (lock.isEmpty()) {
            return false;
        }
        try (OperationLock _ = lock.get()) {
            if (!unchanged(folder).equals(settled)) {
                return false;
            }
            DomainRun run = Sessions.announce(glance, now.get());
            states.ofAll(folder)
                    .filter(FolderState::showsChanges)
                    .ifPresent(state -> known.put(folder.name(), new Settled(state, last.uuid, run, last.definition)));
            return true;
        }
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
