package org.virtkeep.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Tools;

/// `bin/virtkeepd` on a root of its own, run as a service manager would run it.
final class Virtkeepd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path HOME = Path.of(System.getProperty("virtkeep.home", ".."));

    private final Path root;
    private final Path socket;
    private final List<String> command;
    private ChildProcess process;

    private Virtkeepd(Path root, Path socket, List<String> command) {
        this.root = root;
        this.socket = socket;
        this.command = command;
    }

    /// Starts it with root and socket in `folder`, and waits for the line that it prints when it
    /// answers. Ends the test if it was not built.
    static Virtkeepd start(Path folder, String... options) {
        if (!Files.isDirectory(HOME.resolve("cli/target/lib"))) {
            Tools.miss("bin/virtkeepd is not built; scripts/build does that");
        }
        Path root = folder.resolve("root");
        Path socket = folder.resolve("virtkeepd");
        var command = new ArrayList<>(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                HOME.resolve("bin/virtkeepd").toString(),
                "--root",
                root.toString(),
                "--socket",
                socket.toString()));
        command.addAll(Arrays.asList(options));
        var daemon = new Virtkeepd(root, socket, command);
        daemon.restart();
        return daemon;
    }

    Path socket() {
        return socket;
    }

    Path root() {
        return root;
    }

    ChildProcess process() {
        return process;
    }

    Virsh virsh() {
        return Virsh.of(socket);
    }

    /// Starts it again after [#kill], with what it had.
    void restart() {
        process = ChildProcess.start("virtkeepd", command);
        process.awaitLine(0, LIMIT, line -> line.contains(socket.toString()));
    }

    /// SIGKILL; domains and their jobs go on.
    void kill() {
        process.kill();
    }

    /// Ends it, and the domains that are left, whose backups end with them.
    @Override
    public void close() {
        process.terminate();
        process.awaitExit(LIMIT);
        try (Stream<Path> domains = Files.list(root.resolve("domains"))) {
            domains.map(domain -> domain.resolve("live.json"))
                    .filter(Files::exists)
                    .forEach(Virtkeepd::killMachine);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void killMachine(Path run) {
        try {
            long pid = Json.parse(Files.readString(run))
                    .path("process")
                    .path("pid")
                    .asLong();
            Optional<ProcessHandle> machine = ProcessHandle.of(pid).filter(each -> runs(each.pid(), run.getParent()));
            machine.ifPresent(ProcessHandle::destroyForcibly);
            Await.until(
                    "QEMU to end",
                    LIMIT,
                    () -> machine.filter(ProcessHandle::isAlive).isEmpty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean runs(long pid, Path domain) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .contains(domain.toString());
        } catch (IOException _) {
            return false; // it has ended
        }
    }
}
