package org.virtkeep.qemu.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.CommandLine;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.UndoLog;
import org.virtkeep.qmp.ContinueVm;

/// Starts a domain's QEMU. Each step is on disk before it is done, so that whoever comes after a crash
/// knows what to undo. Stateless.
final class Starting {
    /// Opening many images on slow storage takes its time.
    private static final Duration MONITOR_LIMIT = Duration.ofSeconds(60);

    private Starting() {}

    /// @param paused true to leave the guest's processors stopped
    /// @throws VirtException what kept it from starting; then no process and no trace of it is left
    static void start(DomainSession session, boolean paused) {
        start(session, paused, UnaryOperator.identity());
    }

    /// @param recording is given what makes the run known, and gives back what is to be done instead
    static void start(DomainSession session, boolean paused, UnaryOperator<Runnable> recording) {
        if (session.isActive()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID, "domain '%s' is already running".formatted(session.name()));
        }
        DomainFolder folder = session.folder();
        DomainDefinition definition = session.definition();
        CommandLine commandLine = CommandLine.of(definition, folder);
        int id = session.root().nextRunId();
        try (var undo = new UndoLog()) {
            var run = new DomainRun(
                    id,
                    false,
                    DomainRun.Phase.STARTING,
                    Optional.empty(),
                    commandLine.monitors(),
                    commandLine.devices(),
                    Instant.now(),
                    "",
                    DomainState.PAUSED,
                    "");
            undo.push("forget the run", folder::deleteRun);
            recording
                    .apply(() -> {
                        folder.create(definition.uuid());
                        folder.writeLiveXml(definition.document().write());
                        folder.writeRun(run);
                    })
                    .run();
            launch(session, run, commandLine, undo);
            if (paused) {
                session.report(DomainState.PAUSED, "paused");
            } else {
                session.execute(new ContinueVm());
                session.report(DomainState.RUNNING, "unpaused", "booted");
            }
            undo.release();
        }
    }

    private static void launch(DomainSession session, DomainRun run, CommandLine commandLine, UndoLog undo) {
        QemuProcess.Started started =
                QemuProcess.start(session.name(), commandLine, session.folder().log(), Deadline.in(MONITOR_LIMIT));
        undo.push("end QEMU", () -> QemuProcess.terminate(started.process()));
        undo.push("close the session's monitor", () -> {
            session.deactivate();
            started.monitor().close();
        });
        DomainRun complete = run.started(
                Optional.of(started.process()),
                started.monitor().greeting().version().toString(),
                DomainState.PAUSED);
        session.emitLifecycle(LifecycleType.STARTED, "booted");
        undo.push("announce the end", () -> session.emitLifecycle(LifecycleType.STOPPED, "failed"));
        session.folder().writeRun(complete);
        session.activate(complete, session.definition(), started.monitor());
    }
}
