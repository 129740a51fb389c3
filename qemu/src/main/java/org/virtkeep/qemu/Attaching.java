package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.AttachedMachine;
import org.virtkeep.qemu.machine.SocketOwner;
import org.virtkeep.qemu.session.RunStates;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryStatus;
import org.virtkeep.qmp.VmStatus;

/// Makes QEMUs of other people known as domains. Immutable and thread-safe.
final class Attaching {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    private final Root root;
    private final JobServices services;
    private final Consumer<String> notices;

    Attaching(Root root, JobServices services, Consumer<String> notices) {
        this.root = root;
        this.services = services;
        this.notices = notices;
    }

    /// @throws VirtException NO_CONNECT if a monitor does not answer; OPERATION_FAILED if the name is taken
    ///     or the QEMU is known already
    DomainFolder attach(String name, List<Path> sockets) {
        if (sockets.isEmpty()) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG, "to attach domain '%s' needs at least one QMP socket".formatted(name));
        }
        List<Path> monitors =
                sockets.stream().map(Attaching::canonical).distinct().toList();
        DomainFolder folder = root.folder(name);
        try (var _ = folder.lock("attach", Deadline.in(Sessions.USUAL_LIMIT))) {
            requireNew(folder, monitors);
            monitors.subList(1, monitors.size()).forEach(Attaching::requireAnswer);
            Optional<ProcessIdentity> process = SocketOwner.find(monitors.getFirst());
            try (QmpMonitor monitor = connect(monitors.getFirst())) {
                AttachedMachine machine = AttachedMachine.inspect(
                        name, monitor, process.flatMap(SocketOwner::workingDirectory), Deadline.in(ANSWER_LIMIT));
                DomainRun run = run(monitors, process, machine, monitor);
                record(folder, machine, run);
            } catch (QmpException e) {
                throw noConnect(monitors.getFirst(), e.getMessage(), e);
            }
        }
        return folder;
    }

    private static Path canonical(Path socket) {
        try {
            return socket.toRealPath();
        } catch (IOException e) {
            throw noConnect(socket, Files.exists(socket) ? e.getMessage() : "no such socket", e);
        }
    }

    private static VirtException noConnect(Path socket, String why, Exception cause) {
        return new VirtException(
                ErrorCode.NO_CONNECT,
                ErrorDomain.QEMU,
                "no QEMU answers on QMP socket '%s': %s".formatted(socket, why),
                cause);
    }

    private void requireNew(DomainFolder folder, List<Path> monitors) {
        if (folder.exists()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_FAILED,
                    "domain '%s' already exists; attach under another name".formatted(folder.name()));
        }
        for (String other : root.domainNames()) {
            List<Path> known =
                    root.folder(other).readRun().map(DomainRun::monitors).orElse(List.of());
            if (monitors.stream().anyMatch(known::contains)) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_FAILED,
                        "the QEMU behind '%s' is domain '%s' already".formatted(monitors.getFirst(), other));
            }
        }
    }

    private static QmpMonitor connect(Path socket) {
        try {
            return QmpConnection.connect(socket, Deadline.in(ANSWER_LIMIT));
        } catch (QmpException e) {
            throw noConnect(socket, e.getMessage(), e);
        }
    }

    private static void requireAnswer(Path socket) {
        connect(socket).close();
    }

    private DomainRun run(
            List<Path> monitors, Optional<ProcessIdentity> process, AttachedMachine machine, QmpMonitor monitor)
            throws QmpException {
        VmStatus status = monitor.execute(new QueryStatus(), Deadline.in(ANSWER_LIMIT));
        return new DomainRun(
                root.nextRunId(),
                true,
                DomainRun.Phase.STARTED,
                process,
                monitors,
                machine.devices(),
                Instant.now(),
                monitor.greeting().version().toString(),
                RunStates.toDomainState(status.state()),
                "");
    }

    private void record(DomainFolder folder, AttachedMachine machine, DomainRun run) {
        String name = folder.name();
        try (var _ = root.lock("attach domain '%s'".formatted(name))) {
            requireNew(folder, run.monitors()); // again: nobody can change that now
            Defining.requireFree(services, folder, machine.definition().uuid());
            folder.create(machine.definition().uuid());
            folder.writeLiveXml(machine.definition().document().write());
            folder.writeRun(run);
        }
        root.events()
                .appendSoon((sequence, time) ->
                        new Event.Lifecycle(sequence, time, name, Event.LifecycleType.STARTED, "attached"));
        machine.leftOut().forEach(device -> notices.accept("domain '%s': %s".formatted(name, device)));
    }
}
