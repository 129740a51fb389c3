package org.virtkeep.qemu;

import java.time.Duration;
import java.util.List;
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
import org.virtkeep.qemu.session.GuestChange;
import org.virtkeep.qemu.session.KnownRuns;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.watch.FolderState;
import org.virtkeep.qemu.watch.FolderStates;
import org.virtkeep.qmp.QmpMonitor;

/// The running domains of which a session found that nothing is to be done about them: no unfinished
/// job but pulls that their keepers look after, no change that was interrupted, the state announced. As
/// long as nobody changes their files ([FolderState]), their QEMU, which is listened to
/// ([WatchedDomains]), tells of no change, and the keepers work, another session would find the same. So
/// what is only asked about them is answered without one: nobody has to wait for the domain, and no
/// connection is made. Thread-safe.
final class SettledDomains implements KnownRuns {
    /// So long a keeper is relied on: it may hang without being stopped.
    private static final Duration KEEPERS_TRUST = Duration.ofSeconds(5);

    private final WatchedDomains watched;
    private final BackupOperations backups;
    private final FolderStates states;
    private final Map<String, Settled> known = new ConcurrentHashMap<>();
    /// As sessions found them that go on, and have begun with nothing to do.
    private final Map<String, Settled> opened = new ConcurrentHashMap<>();
    /// Of domains that were found not to be settled.
    private final Map<String, FolderState> unsettled = new ConcurrentHashMap<>();

    SettledDomains(BackupOperations backups, WatchedDomains watched, FolderStates states) {
        this.backups = backups;
        this.states = states;
        this.watched = watched;
    }

    /// A domain as a session left it.
    ///
    /// @param state   of all its files
    /// @param records of those about jobs, checkpoints and snapshots
    /// @param keepers of its running jobs
    /// @param trust   for the keepers to be asked for no more
    record Settled(
            FolderState state,
            FolderState records,
            UUID uuid,
            DomainRun run,
            DomainDefinition definition,
            List<ProcessIdentity> keepers,
            Deadline trust) {
        boolean isKept() {
            return keepers.isEmpty() || !trust.hasPassed() && keepers.stream().allMatch(ProcessIdentity::isWorking);
        }

        /// The same domain doing something else.
        Settled with(FolderState now, DomainRun doing) {
            return new Settled(now, records, uuid, doing, definition, keepers, trust);
        }

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
        if (states.ofAll(folder).filter(last.state::equals).isEmpty() || !last.isKept()) {
            known.remove(folder.name(), last);
            return Optional.empty();
        }
        return Optional.of(last);
    }

    @Override
    public Optional<QmpMonitor> monitor(DomainFolder folder, DomainRun run) {
        return watched.monitor(folder, run);
    }

    @Override
    public Optional<SettledRun> settled(DomainFolder folder) {
        Optional<Settled> known = unchanged(folder);
        known.ifPresentOrElse(last -> opened.put(folder.name(), last), () -> opened.remove(folder.name()));
        return known.flatMap(last -> settled(folder, last));
    }

    private Optional<SettledRun> settled(DomainFolder folder, Settled last) {
        boolean upToDate = watched.isUpToDate(folder, last.run);
        return watched.monitor(folder, last.run)
                // what happens to a guest may be a job's fault, so that all has to be looked at
                .filter(_ -> last.keepers.isEmpty() || upToDate)
                .map(monitor -> new SettledRun(last.run, last.definition, monitor, upToDate, !last.keepers.isEmpty()));
    }

    @Override
    public GuestChange changing(DomainFolder folder, DomainRun run) {
        return watched.changing(folder, run);
    }

    /// Remembers how the session leaves the domain, if there is nothing left to be done.
    @Override
    public void note(DomainSession session) {
        DomainFolder folder = session.folder();
        Optional<Settled> before = Optional.ofNullable(opened.remove(folder.name()));
        boolean isHeard = session.run()
                .filter(run -> WatchedDomains.isSteady(run) && watched.listensTo(folder, run))
                .isPresent();
        if (!isHeard || unchanged(folder).isPresent()) {
            return;
        }
        Optional<FolderState> now = states.ofAll(folder).filter(FolderState::showsChanges);
        if (now.isEmpty()) {
            return;
        }
        Optional<FolderState> records = states.ofRecords(folder).filter(FolderState::showsChanges);
        Optional<Settled> same = before.filter(last ->
                session.isStillSettled() && records.filter(last.records::equals).isPresent());
        if (same.isPresent()) {
            known.put(folder.name(), same.get().with(now.get(), session.run().orElseThrow()));
        } else if (records.isPresent() && session.isSettled()) {
            recorded(folder, now.get(), records.get()).ifPresent(settled -> known.put(folder.name(), settled));
        } else {
            unsettled.put(folder.name(), now.get());
        }
    }

    private Optional<Settled> recorded(DomainFolder folder, FolderState now, FolderState records) {
        List<ProcessIdentity> keepers = backups.keepers(folder);
        return folder.uuid()
                .flatMap(uuid -> folder.readRun()
                        .flatMap(run -> Sessions.definition(folder)
                                .map(definition -> new Settled(
                                        now, records, uuid, run, definition, keepers, Deadline.in(KEEPERS_TRUST)))));
    }

    /// True if a session may find a running domain settled that was not found so since it changed.
    boolean isWorthALook(DomainFolder folder) {
        return find(folder).isEmpty()
                && states.ofAll(folder)
                        .filter(FolderState::showsChanges)
                        .filter(now -> !now.equals(unsettled.get(folder.name())))
                        .isPresent();
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
