package org.virtkeep.qemu.session;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.Opening.Purpose;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.OperationLock;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryStatus;
import org.virtkeep.qmp.RunState;

/// Opens domains for operations. Every opening is a recovery: what happened since the last one is
/// found out, recorded and announced first. Immutable and thread-safe.
public final class Sessions {
    /// How long an operation waits for the one before it, as libvirt does.
    public static final Duration USUAL_LIMIT = Duration.ofSeconds(30);

    /// What this thread holds.
    private static final ScopedValue<DomainSession> HELD = ScopedValue.newInstance();

    private final Root root;
    private final JobRecovery recovery;
    private final Consumer<String> notices;
    private final UnaryOperator<QmpMonitor> monitors;
    private final KnownRuns known;

    public Sessions(Root root, JobRecovery recovery) {
        this(root, recovery, _ -> {});
    }

    /// @param notices is told what sessions found and put right; called from any thread
    public Sessions(Root root, JobRecovery recovery, Consumer<String> notices) {
        this(root, recovery, notices, UnaryOperator.identity());
    }

    /// @param monitors is given every monitor that a session opens, and gives back the one to use; for
    ///     tests that watch or disturb what is said to QEMU
    public Sessions(Root root, JobRecovery recovery, Consumer<String> notices, UnaryOperator<QmpMonitor> monitors) {
        this(root, recovery, notices, monitors, KnownRuns.NONE);
    }

    /// @param known is asked first, before a domain is looked at or a connection is made to its QEMU
    public Sessions(
            Root root,
            JobRecovery recovery,
            Consumer<String> notices,
            UnaryOperator<QmpMonitor> monitors,
            KnownRuns known) {
        this.root = Objects.requireNonNull(root, "root is null");
        this.recovery = Objects.requireNonNull(recovery, "recovery is null");
        this.notices = Objects.requireNonNull(notices, "notices is null");
        this.monitors = Objects.requireNonNull(monitors, "monitors is null");
        this.known = Objects.requireNonNull(known, "known is null");
    }

    KnownRuns known() {
        return known;
    }

    public Root root() {
        return root;
    }

    JobRecovery recovery() {
        return recovery;
    }

    UnaryOperator<QmpMonitor> monitors() {
        return monitors;
    }

    Consumer<String> notices() {
        return notices;
    }

    /// Opens a domain. The caller closes the session.
    ///
    /// @param what     what for, such as `backup-begin`; shown to those who wait meanwhile
    /// @param deadline for getting the lock and an answer from QEMU, not for the operation itself
    /// @throws VirtException NO_DOMAIN if it is not known, or was known only while its QEMU ran and
    ///     that has ended; OPERATION_TIMEOUT if another operation holds it or QEMU does not answer
    public DomainSession open(String name, String what, Deadline deadline) {
        return open(name, what, Purpose.WORK, deadline);
    }

    private DomainSession open(String name, String what, Purpose purpose, Deadline deadline) {
        Optional<DomainSession> held = held(name);
        if (held.isPresent()) {
            return held.get();
        }
        DomainFolder folder = known(name);
        OperationLock lock = folder.lock(what, deadline);
        return new Opening(this, folder, lock, purpose, deadline).run(false);
    }

    /// As [#open(String, String)], for a change of what the guest does and for nothing else: the caller
    /// sends QEMU a command, and changes no file ([DomainSession#changeGuest]). If QEMU is listened to,
    /// what the guest does is taken from what was heard last, and may be another by now.
    public DomainSession openForCommand(String name, String what) {
        return open(name, what, Purpose.COMMAND, Deadline.in(USUAL_LIMIT));
    }

    /// As [#open(String, String)], for a backup that is begun, whatever the guest does: if QEMU is listened to, that is
    /// taken from what was heard last, and may be another by now.
    public DomainSession openForJob(String name, String what) {
        return open(name, what, Purpose.JOB, Deadline.in(USUAL_LIMIT));
    }

    /// [#open(String, String, Deadline)] with the usual limit.
    public DomainSession open(String name, String what) {
        return open(name, what, Deadline.in(USUAL_LIMIT));
    }

    /// Opens a domain for several operations: what this thread opens of it while `task` runs is the same
    /// session, which is not looked at anew. Nothing that lets go of the domain in between may be among
    /// them.
    ///
    /// @throws VirtException as [#open(String, String)]
    public <T, X extends Throwable> T holding(String name, String what, ScopedValue.CallableOp<T, X> task) throws X {
        try (DomainSession session = open(name, what)) {
            return ScopedValue.where(HELD, session).call(task);
        }
    }

    private Optional<DomainSession> held(String name) {
        return HELD.isBound() ? HELD.get().openedAgain(this, name) : Optional.empty();
    }

    /// Opens a domain, for a look that changes nothing, unless another operation holds it all the
    /// time until `deadline`. QEMU gets as much time again to answer.
    ///
    /// @throws VirtException as [#open(String, String, Deadline)] otherwise
    public Optional<DomainSession> openIfFree(String name, String what, Deadline deadline) {
        Optional<DomainSession> held = held(name);
        if (held.isPresent()) {
            return held;
        }
        DomainFolder folder = known(name);
        return folder.tryLock(what, deadline)
                .map(lock -> new Opening(this, folder, lock, Purpose.LOOK, Deadline.in(deadline.limit())).run(false));
    }

    /// Starts a domain's QEMU, and its guest unless `paused`.
    ///
    /// @throws VirtException OPERATION_INVALID if it runs already; otherwise what kept it from
    ///     starting, and then no process and no trace of it is left
    public void start(DomainSession session, boolean paused) {
        requireImages(session);
        Starting.start(session, paused);
    }

    private void requireImages(DomainSession session) {
        recovery.imageUser(session).filter(_ -> !session.isActive()).ifPresent(user -> {
            throw VirtException.qemu(
                    ErrorCode.RESOURCE_BUSY,
                    "domain '%s' cannot be started now, because %s reads its images; end that job, or wait for its end (start --wait SECONDS)"
                            .formatted(session.name(), user));
        });
    }

    /// Starts a QEMU with a definition that need not be stored. If the domain is not defined, it is
    /// forgotten when its QEMU ends, or if it cannot be started.
    ///
    /// @param recording is given what makes the run known, and gives back what is to be done instead:
    ///     it may check first that nobody else has the name
    /// @throws VirtException OPERATION_INVALID if the domain runs; otherwise as [#start]
    public void create(
            DomainFolder folder, DomainDefinition definition, boolean paused, UnaryOperator<Runnable> recording) {
        try (DomainSession session = openOrMake(folder, definition)) {
            boolean isNew = !folder.exists();
            if (session.isActive()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_INVALID, "domain '%s' is already active".formatted(folder.name()));
            }
            requireImages(session);
            session.startAs(definition);
            boolean started = false;
            try {
                Starting.start(session, paused, recording);
                started = true;
            } finally {
                if (!started && isNew && !folder.exists()) {
                    folder.delete();
                }
            }
        }
    }

    private DomainSession openOrMake(DomainFolder folder, DomainDefinition definition) {
        if (folder.exists()) {
            try {
                return open(folder.name(), "create");
            } catch (VirtException e) {
                if (e.code() != ErrorCode.NO_DOMAIN) { // which ran the last time that somebody looked
                    throw e;
                }
            }
        }
        OperationLock lock = folder.lock("create", Deadline.in(USUAL_LIMIT));
        return new DomainSession(this, folder, Optional.of(lock), definition);
    }

    /// Ends a domain's QEMU at once, but lets it store its bitmaps; one that does not answer is killed.
    ///
    /// @param deadline for getting the lock and an answer from QEMU
    /// @throws VirtException OPERATION_INVALID if the domain does not run
    public void destroy(String name, Deadline deadline) {
        destroy(name, deadline, true);
    }

    /// As [#destroy(String, Deadline)].
    ///
    /// @param kill false to leave one alive that does not end by itself
    /// @throws VirtException OPERATION_TIMEOUT if it does not end, and is not to be killed
    public void destroy(String name, Deadline deadline, boolean kill) {
        DomainFolder folder = known(name);
        OperationLock lock = folder.lock("destroy", deadline);
        boolean lived = folder.readRun()
                .filter(run -> run.process().map(ProcessIdentity::isAlive).orElse(true))
                .isPresent();
        try (DomainSession session = new Opening(this, folder, lock, Purpose.WORK, deadline).run(kill)) {
            if (session.isActive()) {
                Stopping.DESTROYED.stop(session, recovery, kill);
            } else if (!lived) {
                session.requireActive(ErrorCode.OPERATION_INVALID);
            }
        } catch (VirtException e) {
            if (!lived || e.code() != ErrorCode.NO_DOMAIN) {
                throw e;
            }
        }
    }

    /// The definition that a domain was last known to run with, or else its persistent one. Asks
    /// nobody.
    public static Optional<DomainDefinition> definition(DomainFolder folder) {
        boolean runs = folder.readRun().isPresent() || !folder.isDefined();
        Optional<String> live = runs ? folder.liveXml() : Optional.empty();
        return live.or(folder::definitionXml).map(KnownDefinitions::read);
    }

    /// A look at a running domain that others may work on meanwhile: for questions only.
    ///
    /// @param monitor stays open when the session is closed
    public DomainSession glance(DomainFolder folder, DomainRun run, DomainDefinition definition, QmpMonitor monitor) {
        var session = new DomainSession(this, folder, Optional.empty(), definition);
        session.activate(run, definition, monitors.apply(monitor));
        return session;
    }

    /// What QEMU calls its state, if nothing is to be done in it.
    ///
    /// @return empty also if QEMU does not answer
    private static Optional<RunState> steadyState(DomainSession session, Deadline deadline) {
        try {
            RunState runState =
                    session.monitor().execute(new QueryStatus(), deadline).state();
            DomainState state = RunStates.toDomainState(runState);
            return Optional.of(runState).filter(_ -> state == DomainState.RUNNING || state == DomainState.PAUSED);
        } catch (QmpException _) {
            return Optional.empty(); // a session finds out why
        }
    }

    /// Announces what the guest does by now, if QEMU answers before `deadline` and nothing else is
    /// to be done about it.
    ///
    /// @return what QEMU calls it; empty if not
    static Optional<RunState> announceIfSteady(DomainSession session, Deadline deadline) {
        Optional<RunState> now = steadyState(session, deadline);
        now.ifPresent(state -> Opening.announce(session, state));
        return now;
    }

    private DomainFolder known(String name) {
        Optional<DomainFolder> folder = Optional.empty();
        try {
            folder = Optional.of(root.folder(name)).filter(DomainFolder::exists);
        } catch (VirtException e) {
            if (e.code() != ErrorCode.XML_ERROR) {
                throw e;
            }
        }
        return folder.orElseThrow(() -> noDomain(name));
    }

    /// The error for a name that no domain has.
    public VirtException noDomain(String name) {
        return VirtException.qemu(
                ErrorCode.NO_DOMAIN,
                "no domain is called '%s' in '%s'; `virtkeep list --all` shows those there are"
                        .formatted(name, root.dir()));
    }
}
