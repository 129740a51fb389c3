package org.virtkeep.qemu.session;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QuitQemu;

/// Why a QEMU is ended, and how: its jobs first, then in a way that lets it store its bitmaps.
/// Immutable.
///
/// @param why    for the jobs' errors
/// @param detail of the STOPPED event, in libvirt's words
record Stopping(String why, String detail) {
    static final Stopping DESTROYED = new Stopping("the domain was destroyed", "destroyed");
    static final Stopping AFTER_SHUTDOWN = new Stopping("the guest shut down", "shutdown");
    static final Stopping AFTER_PANIC = new Stopping("the guest panicked", "crashed");

    private static final Logger LOG = LoggerFactory.getLogger(Stopping.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    /// Closing images means writing what is in memory; killing instead would make every bitmap useless.
    private static final Duration QUIT_LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);

    /// Ends the QEMU of an active session, which is inactive afterwards.
    ///
    /// @throws VirtException OPERATION_FAILED or OPERATION_TIMEOUT if it cannot be ended; it counts as
    ///     running then
    void stop(DomainSession session, JobRecovery recovery) {
        stop(session, recovery, true);
    }

    /// @param kill false to leave a QEMU alive that does not end by itself
    void stop(DomainSession session, JobRecovery recovery, boolean kill) {
        DomainRun run = session.run().orElseThrow();
        try {
            recovery.beforeStop(session, why);
        } catch (VirtException e) {
            // Recovery finishes the jobs once QEMU is gone; a job must not keep a domain from being stopped.
            LOG.warn("jobs did not end before stop domain={}", session.name(), e);
        }
        end(session, run, kill);
        session.deactivate();
        recovery.recover(session);
        session.emitLifecycle(LifecycleType.STOPPED, detail);
        session.folder().endRun(run, detail);
    }

    private static void end(DomainSession session, DomainRun run, boolean kill) {
        try {
            session.monitor().execute(new QuitQemu(), Deadline.in(ANSWER_LIMIT));
        } catch (QmpException e) {
            LOG.debug("no answer to quit domain={}", session.name(), e); // often lost with the connection
        }
        Optional<ProcessIdentity> process = run.process();
        if (process.isPresent()) {
            if (!QemuProcess.awaitEnd(process.get(), Deadline.in(QUIT_LIMIT))) {
                if (!kill) {
                    throw VirtException.qemu(
                            ErrorCode.OPERATION_TIMEOUT,
                            "QEMU of domain '%s' (process %d) has not ended within %d s; destroy it without --graceful to kill it"
                                    .formatted(session.name(), process.get().pid(), QUIT_LIMIT.toSeconds()));
                }
                QemuProcess.terminate(process.get());
            }
        } else {
            awaitGone(session, run);
        }
    }

    /// For a QEMU of which only the monitors are known.
    private static void awaitGone(DomainSession session, DomainRun run) {
        session.monitor().close();
        var deadline = Deadline.in(QUIT_LIMIT);
        while (Monitors.isAnyoneListening(run)) {
            if (deadline.hasPassed()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        "QEMU of domain '%s' was told to quit, but still listens on its monitor after %d s"
                                .formatted(session.name(), QUIT_LIMIT.toSeconds()));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
