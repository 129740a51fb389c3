package org.virtkeep.rpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.Tools;

/// A libvirtd of this test alone: it runs in per-user mode as a plain user, with everything it keeps under a
/// temporary directory.
final class PrivateLibvirtd implements AutoCloseable {
    private static final long LIMIT_MILLIS = 60_000;

    private final Path directory;
    private final Process process;

    private PrivateLibvirtd(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /// Starts it and waits until it accepts connections. Skips the test if it is not installed.
    static PrivateLibvirtd start() throws IOException, InterruptedException {
        Path program = program();
        Path directory = Files.createTempDirectory("libvirtd");
        for (String name : List.of("", "run", "config", "cache", "data")) {
            Path folder = directory.resolve(name);
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Path config = Files.createFile(directory.resolve("libvirtd.conf"));
        List<String> command = new ArrayList<>(asPlainUser());
        command.addAll(List.of(program.toString(), "--config", config.toString()));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("XDG_RUNTIME_DIR", directory.resolve("run").toString());
        builder.environment().put("XDG_CONFIG_HOME", directory.resolve("config").toString());
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        builder.environment().put("XDG_DATA_HOME", directory.resolve("data").toString());
        var daemon = new PrivateLibvirtd(directory, builder.start());
        try {
            daemon.awaitSocket();
            return daemon;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            daemon.close();
            throw e;
        }
    }

    Path socket() {
        return directory.resolve("run/libvirt/libvirt-sock");
    }

    RpcClient connect() throws IOException {
        return RpcClient.connect(socket(), deadline());
    }

    /// Connects and opens `uri`.
    RpcClient open(String uri, boolean readOnly) throws IOException {
        RpcClient client = connect();
        LibvirtHandshake.open(client, uri, readOnly, deadline());
        return client;
    }

    static Deadline deadline() {
        return Deadline.inMillis(LIMIT_MILLIS);
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        deleteTree(directory);
    }

    /// Daemons are not on everybody's PATH.
    private static Path program() {
        Path program = Tools.find("libvirtd").orElse(Path.of("/usr/sbin/libvirtd"));
        if (!Files.isExecutable(program)) {
            Tools.miss("the program 'libvirtd' is not installed; scripts/packages installs what tests need");
        }
        return program;
    }

    /// As root it would be the system's libvirtd, with the system's directories.
    private static List<String> asPlainUser() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        Tools.require("setpriv");
        String nobody = "65534";
        return List.of("setpriv", "--reuid=" + nobody, "--regid=" + nobody, "--clear-groups");
    }

    private void awaitSocket() throws IOException, InterruptedException {
        Deadline deadline = deadline();
        while (true) {
            try (RpcClient client = RpcClient.connect(socket(), deadline)) {
                client.call(LibvirtProgram.AUTH_LIST, Nothing.NOTHING, deadline);
                return;
            } catch (IOException e) {
                if (deadline.hasPassed() || process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new IOException("libvirtd does not answer: " + Files.readString(directory.resolve("log")), e);
                }
            }
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
