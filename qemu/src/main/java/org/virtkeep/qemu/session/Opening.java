package org.virtkeep.qemu.session;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.OperationLock;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qmp.ContinueVm;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.ResetVm;
import org.virtkeep.qmp.RunState;

/// Turns a lock on a domain into a session: finds out what happened since the last one, records and announces
/// it. Used once, by one thread.
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    /// A QEMU whose main loop hangs does not see SIGTERM either; but it may just have been busy.
    private static final Duration HUNG_LIMIT = Duration.ofSeconds(3);

    private static final Duration DYING_LIMIT = Duration.ofSeconds(2);

    /// Only who has waited so long for QEMU may take it for hung.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// For a QEMU that was hung to answer.
    private static final Duration FREED_LIMIT = Duration.ofSeconds(10);

    private final Sessions sessions;
    private final DomainFolder folder;
    private final OperationLock lock;
    private final Purpose purpose;
    private Deadline deadline;
    private boolean freed;

    /// What the session is for.
    enum Purpose {
        /// Anything.
        WORK,
        /// As [#WORK], for what does not depend on what the guest does: that need not be asked where it is listened to,
        /// unless there are jobs that may hold QEMU up.
        JOB,
        /// To see what the guest does, and to record it.
        LOOK,
        /// As [#LOOK], after a command; what the guest did before need not be asked where it is
        /// listened to.
        COMMAND
    }

    Opening(Sessions sessions, DomainFolder folder, OperationLock lock, Purpose purpose, Deadline deadline) {
        this.sessions = sessions;
        this.folder = folder;
        this.lock = lock;
        this.purpose = purpose;
        this.deadline = deadline;
    }

    /// The session, which owns the lock. After a failure the lock is free.
    ///
    /// @param force true when QEMU is to be ended anyway: one that does not answer is killed, and jobs that
    ///     cannot be recovered do not keep it alive
    /// @throws VirtException NO_DOMAIN if the domain is not known any more
    DomainSession run(boolean force) {
        Runnable cleanup = lock::close;
        boolean opened = false;
        try {
            Optional<DomainSession> settled = force ? Optional.empty() : settled();
            if (settled.isPresent()) {
                opened = true;
                return settled.get();
            }
            folder.clearStaged();
            Optional<DomainRun> recorded = folder.readRun();
            DomainDefinition definition =
                    Sessions.definition(folder).orElseThrow(() -> sessions.noDomain(folder.name()));
            var session = new DomainSession(sessions, folder, Optional.of(lock), definition);
            cleanup = session::close;
            settle(session, recorded, force);
            if (!folder.exists()) {
                throw sessions.noDomain(folder.name());
            }
            opened = true;
            return session;
        } finally {
            if (!opened) {
                cleanup.run();
            }
        }
    }

    /// A domain of which is known that nothing is to be done, unless its guest has done something
    /// since: only that is asked, over a connection that is there, or not even that. Empty if all
    /// has to be looked at.
    private Optional<DomainSession> settled() {
        return sessions.known().settled(folder).flatMap(known -> {
            var session = new DomainSession(sessions, folder, Optional.of(lock), known.definition());
            QmpMonitor monitor = sessions.monitors().apply(new BorrowedMonitor(known.monitor()));
            session.activate(known.run(), known.definition(), monitor);
            session.takeAsSettled();
            if (purpose == Purpose.LOOK || purpose == Purpose.COMMAND) {
                session.changeGuestOnly();
            }
            boolean isSteady = isNotToBeAsked(known.hasJobs()) && known.upToDate()
                    || Sessions.announceIfSteady(session, deadline.atMost(Monitors.RESCUE_LIMIT))
                            .isPresent();
            return Optional.of(session).filter(_ -> isSteady);
        });
    }

    private boolean isNotToBeAsked(boolean hasJobs) {
        return purpose == Purpose.COMMAND || purpose == Purpose.JOB && !hasJobs;
    }

    private void settle(DomainSession session, Optional<DomainRun> recorded, boolean force) {
        if (recorded.isEmpty()) {
            if (folder.hasLostRun()) {
                endedWithHost(session);
            }
            settleShutOff(session, force);
            return;
        }
        DomainRun run = recorded.get();
        if (run.phase() == DomainRun.Phase.STARTING) {
            undoStart(session, run);
        } else if (hasDied(run)) {
            ended(session, run, "failed");
        } else {
            connect(session, run, force);
        }
    }

    private void settleShutOff(DomainSession session, boolean force) {
        Optional<DomainRun> storage = folder.readStorage();
        if (storage.isPresent()) {
            new StorageOpening(sessions, session, force).settle(storage.get(), deadline);
            return;
        }
        sessions.recovery().recover(session);
        if (folder.hasLostStorage()) {
            folder.deleteStorage();
        }
    }

    private void connect(DomainSession session, DomainRun run, boolean force) {
        switch (Monitors.reach(run, sessions.known().monitor(folder, run), deadline)) {
            case Monitors.Outcome.Answered(var monitor) -> {
                session.activate(run, session.definition(), sessions.monitors().apply(monitor));
                catchUp(session, run, force);
            }
            case Monitors.Outcome.Gone() when run.process().isEmpty() || isDying(run) -> ended(session, run, "failed");
            case Monitors.Outcome.Gone() -> silent(session, run, "nobody listens on its monitor sockets", force);
            case Monitors.Outcome.Silent(String reason) -> silent(session, run, reason, force);
        }
    }

    private void catchUp(DomainSession session, DomainRun run, boolean force) {
        try {
            recover(session, force);
            announce(session);
            actOnEnd(session);
        } catch (VirtException e) {
            if (!session.isActive() || session.monitor().isOpen() || !isDying(run)) {
                throw e;
            }
            ended(session, run, "failed"); // it died while we looked at it
        }
    }

    /// A job that cannot be carried on must not keep a domain from being ended.
    private void recover(DomainSession session, boolean force) {
        try {
            sessions.recovery().recover(session);
        } catch (VirtException e) {
            if (!force || !session.monitor().isOpen()) {
                throw e;
            }
            LOG.warn("jobs not carried on before the end domain={}", folder.name(), e);
        }
    }

    private static boolean hasDied(DomainRun run) {
        return run.process().filter(process -> !process.isAlive()).isPresent();
    }

    /// For a process that has closed its sockets: it may take a moment until it is gone.
    private static boolean isDying(DomainRun run) {
        return run.process()
                .filter(process -> QemuProcess.awaitEnd(process, Deadline.in(DYING_LIMIT)))
                .isPresent();
    }

    private void silent(DomainSession session, DomainRun run, String reason, boolean force) {
        if (!freed && mayBeFreed(run) && sessions.recovery().freeQemu(session)) {
            freed = true;
            deadline = Deadline.in(FREED_LIMIT);
            connect(session, run, force);
            return;
        }
        if (!force || run.process().isEmpty()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_TIMEOUT,
                    "QEMU of domain '%s'%s does not answer: %s; try again, or destroy the domain"
                            .formatted(folder.name(), describe(run), reason));
        }
        QemuProcess.terminate(run.process().get(), HUNG_LIMIT);
        ended(session, run, "destroyed");
    }

    /// Not after a short look, for QEMU may just be busy; and not where QEMU itself has been stopped.
    private boolean mayBeFreed(DomainRun run) {
        return deadline.limit().compareTo(PATIENCE) >= 0
                && run.process().filter(ProcessIdentity::isStopped).isEmpty();
    }

    private static String describe(DomainRun run) {
        return run.process()
                .map(process -> " (process %d)".formatted(process.pid()))
                .orElse("");
    }

    /// The QEMU is gone. Jobs are told first, so that their last events come before the domain's; if that
    /// fails, the next session does it again.
    private void ended(DomainSession session, DomainRun run, String detail) {
        session.deactivate();
        sessions.recovery().recover(session);
        if (detail.equals("failed")) {
            session.notice("domain '%s': its QEMU%s is gone; it is shut off now%s"
                    .formatted(folder.name(), describe(run), checkpointHint()));
        }
        session.emitLifecycle(LifecycleType.STOPPED, detail);
        folder.endRun(run, detail.equals("failed") ? "crashed" : detail);
    }

    /// The host has crashed before the record of the run was on disk.
    private void endedWithHost(DomainSession session) {
        sessions.recovery().recover(session);
        session.notice("domain '%s': it ran when the host crashed; it is shut off now%s"
                .formatted(folder.name(), checkpointHint()));
        session.emitLifecycle(LifecycleType.STOPPED, "failed");
        folder.endLostRun("crashed");
    }

    private String checkpointHint() {
        return folder.hasCheckpoints()
                ? "; which of its checkpoints still hold tells `virtkeep checkpoint-list %s --health`"
                        .formatted(folder.name())
                : "";
    }

    /// Whoever started it died before it was done. Its guest has not run.
    private void undoStart(DomainSession session, DomainRun run) {
        QemuProcess.toldToListenOn(run.workMonitor()).forEach(QemuProcess::terminate);
        session.deactivate();
        sessions.recovery().recover(session);
        session.notice("domain '%s': a start that had been interrupted was undone".formatted(folder.name()));
        session.emitLifecycle(LifecycleType.STOPPED, "failed");
        folder.endRun(run, "failed");
    }

    /// Announces what the guest did since the last session, or what someone else did to it.
    private static void announce(DomainSession session) {
        announce(session, session.runState());
    }

    static void announce(DomainSession session, RunState runState) {
        DomainState state = RunStates.toDomainState(runState);
        if (state != session.run().orElseThrow().reported()) {
            session.report(state, RunStates.detail(runState));
        }
    }

    /// Does what the definition wants when the guest ends. QEMU waits for that (`-action shutdown=pause`).
    private void actOnEnd(DomainSession session) {
        DomainRun run = session.run().orElseThrow();
        DomainState state = run.reported();
        if (run.attached() || state != DomainState.SHUTDOWN && state != DomainState.CRASHED) {
            return;
        }
        boolean crashed = state == DomainState.CRASHED;
        switch (wanted(session, crashed)) {
            case "destroy" -> {
                if (!sessions.recovery().needsQemu(session)) {
                    var stopping = crashed ? Stopping.AFTER_PANIC : Stopping.AFTER_SHUTDOWN;
                    stopping.stop(session, sessions.recovery());
                }
            }
            case "restart" -> {
                folder.setRebooting(false);
                session.execute(new ResetVm());
                session.execute(new ContinueVm());
                session.report(DomainState.RUNNING, "unpaused");
            }
            default -> {} // preserve
        }
    }

    /// What is to be done with a guest that has ended.
    private String wanted(DomainSession session, boolean crashed) {
        var lifecycle = session.definition().lifecycle();
        if (crashed) {
            return lifecycle.onCrash();
        }
        return folder.isRebooting() ? "restart" : lifecycle.onPoweroff();
    }
}
