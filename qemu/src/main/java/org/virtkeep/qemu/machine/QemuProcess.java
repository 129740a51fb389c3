package org.virtkeep.qemu.machine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;

/// Starts QEMU so that it outlives us, and ends it when it does not listen. Stateless.
public final class QemuProcess {
    private static final Duration POLL = Duration.ofMillis(1);
    /// For closing the images properly; killing instead makes their bitmaps useless.
    private static final Duration TERM_LIMIT = Duration.ofSeconds(30);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final long MAX_LOG_BYTES = 1 << 20;
    private static final int LAST_WORDS_BYTES = 4096;
    private static final int LAST_WORDS_LINES = 5;

    private QemuProcess() {}

    /// A QEMU that answers.
    ///
    /// @param monitor a connection to the work monitor, owned by the caller
    public record Started(ProcessIdentity process, QmpMonitor monitor) {}

    /// Starts QEMU in a session of its own, without terminal and without our files, and waits until its first
    /// monitor answers.
    ///
    /// @param log gets what QEMU prints, below what is there
    /// @throws VirtException INTERNAL_ERROR with QEMU's last words if it ends before; OPERATION_TIMEOUT if it
    ///     does not answer in time; SYSTEM_ERROR if it cannot be started. No process is left then.
    public static Started start(String domain, CommandLine commandLine, Path log, Deadline deadline) {
        commandLine.asRehearsal().ifPresent(rehearsal -> {
            Started started = startOnce(domain, rehearsal, log, deadline);
            started.monitor.close();
            kill(started.process);
        });
        return startOnce(domain, commandLine, log, deadline);
    }

    private static Started startOnce(String domain, CommandLine commandLine, Path log, Deadline deadline) {
        long logStart = beginLog(log, commandLine);
        Process process = launch(commandLine, log);
        boolean answered = false;
        try {
            QmpMonitor monitor = awaitMonitor(domain, process, commandLine, new LastWords(log, logStart), deadline);
            ProcessIdentity identity = ProcessIdentity.of(process.pid())
                    .orElseThrow(() -> died(domain, process, new LastWords(log, logStart)));
            answered = true;
            return new Started(identity, monitor);
        } finally {
            if (!answered) {
                ProcessIdentity.of(process.pid()).ifPresent(QemuProcess::terminate);
            }
        }
    }

    private static Process launch(CommandLine commandLine, Path log) {
        var command = new ArrayList<String>();
        command.add("setsid");
        command.addAll(commandLine.command());
        try {
            var builder = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().put("LC_ALL", "C");
            return builder.start();
        } catch (IOException e) {
            throw VirtException.qemu(
                    ErrorCode.SYSTEM_ERROR,
                    "cannot start '%s': %s".formatted(commandLine.command().getFirst(), e.getMessage()),
                    e);
        }
    }

    private static QmpMonitor awaitMonitor(
            String domain, Process process, CommandLine commandLine, LastWords lastWords, Deadline deadline) {
        while (true) {
            try {
                return QmpConnection.connect(commandLine.monitors().getFirst(), deadline);
            } catch (QmpException e) {
                if (!process.isAlive()) {
                    throw died(domain, process, lastWords);
                }
                if (deadline.hasPassed()) {
                    throw VirtException.qemu(
                            ErrorCode.OPERATION_TIMEOUT,
                            "QEMU for domain '%s' started, but its monitor did not answer within %d s: %s"
                                    .formatted(domain, deadline.limit().toSeconds(), e.getMessage()),
                            e);
                }
            }
            LockSupport.parkNanos(POLL.toNanos()); // the socket is not there yet
        }
    }

    private static VirtException died(String domain, Process process, LastWords lastWords) {
        return VirtException.qemu(
                ErrorCode.INTERNAL_ERROR,
                "QEMU for domain '%s' ended with status %d while it was started: %s"
                        .formatted(domain, process.onExit().join().exitValue(), lastWords.read()));
    }

    /// Notes the command in the log, which is moved aside when it has become long.
    ///
    /// @return where QEMU's own output begins
    private static long beginLog(Path log, CommandLine commandLine) {
        try {
            if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
                Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            String line = "%s starting: %s%n".formatted(Instant.now(), quoted(commandLine.command()));
            Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return Files.size(log);
        } catch (IOException e) {
            throw Durable.failure("write", log, e);
        }
    }

    private static String quoted(List<String> command) {
        return String.join(
                " ",
                command.stream()
                        .map(argument -> argument.matches("[A-Za-z0-9_@%+=:,./-]+")
                                ? argument
                                : "'" + argument.replace("'", "'\\''") + "'")
                        .toList());
    }

    /// What QEMU printed since it was started.
    private record LastWords(Path log, long from) {
        String read() {
            try (var file = new RandomAccessFile(log.toFile(), "r")) {
                long start = Math.max(from, file.length() - LAST_WORDS_BYTES);
                byte[] tail = new byte[(int) (file.length() - start)];
                file.seek(start);
                file.readFully(tail);
                List<String> lines = new String(tail, StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.replaceFirst("^\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z ", ""))
                        .filter(line -> !line.isBlank())
                        .toList();
                return lines.isEmpty()
                        ? "it printed nothing"
                        : String.join("; ", lines.subList(Math.max(0, lines.size() - LAST_WORDS_LINES), lines.size()));
            } catch (IOException e) {
                return "its output cannot be read: " + e.getMessage();
            }
        }
    }

    /// Waits until a process is gone.
    ///
    /// @return false if it still lives when `deadline` passes
    public static boolean awaitEnd(ProcessIdentity process, Deadline deadline) {
        while (process.isAlive()) {
            if (deadline.hasPassed()) {
                return false;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        return true;
    }

    /// Ends a process: SIGTERM, which lets QEMU close its images, and SIGKILL if that does not help.
    ///
    /// @throws VirtException OPERATION_FAILED if it lives on even so (it hangs in the kernel)
    public static void terminate(ProcessIdentity process) {
        terminate(process, TERM_LIMIT);
    }

    /// [#terminate(ProcessIdentity)] with another time between the two signals.
    public static void terminate(ProcessIdentity process, Duration patience) {
        signal(process, ProcessHandle::destroy);
        if (!awaitEnd(process, Deadline.in(patience))) {
            kill(process);
        }
    }

    /// Ends a process with SIGKILL. What its images have in memory is lost, their bitmaps too.
    ///
    /// @throws VirtException OPERATION_FAILED if it lives on even so (it hangs in the kernel)
    public static void kill(ProcessIdentity process) {
        signal(process, ProcessHandle::destroyForcibly);
        if (!awaitEnd(process, Deadline.in(KILL_LIMIT))) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_FAILED,
                    "process %d does not end, even when killed; it probably waits for storage"
                            .formatted(process.pid()));
        }
    }

    private static void signal(ProcessIdentity process, java.util.function.Consumer<ProcessHandle> signal) {
        if (process.isAlive()) {
            ProcessHandle.of(process.pid()).ifPresent(signal);
        }
    }

    /// The processes that were told to listen on a work monitor: those that a start which died half-way has
    /// left.
    public static List<ProcessIdentity> toldToListenOn(Path socket) {
        String argument = "\0" + CommandLine.listenOn(0, socket) + "\0";
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(entry -> entry.getFileName().toString().matches("\\d+"))
                    .filter(entry -> arguments(entry).contains(argument))
                    .map(entry -> Long.parseLong(entry.getFileName().toString()))
                    .filter(pid -> pid != ProcessHandle.current().pid())
                    .map(ProcessIdentity::of)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException e) {
            throw Durable.failure("list the processes in", Path.of("/proc"), e);
        }
    }

    /// True if the process was told to stay when its guest shuts down (`-no-shutdown`, `-action shutdown=pause`).
    public static boolean staysAtShutdown(ProcessIdentity process) {
        String arguments = "\0" + arguments(Path.of("/proc", Long.toString(process.pid())));
        return arguments.contains("\0-no-shutdown\0") || arguments.contains("shutdown=pause");
    }

    /// Each argument ends with a NUL.
    private static String arguments(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return ""; // gone, or not ours to see
        }
    }
}
