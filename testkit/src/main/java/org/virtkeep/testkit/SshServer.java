package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/// An sshd of one test alone, on loopback: it runs as the user who tests, knows the key `client` in its folder and
/// lets in nobody else, and only this user.
///
/// In the folder are `client` and `stranger`, two keys, and `known_hosts` with the server's.
public final class SshServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final int port;
    private final ChildProcess process;

    private SshServer(Path folder, int port, ChildProcess process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /// Starts it in `folder`, and waits until it takes connections. Ends the test if it is not installed.
    ///
    /// @param environment what its sessions have, as `NAME=VALUE`
    public static SshServer start(Path folder, String... environment) {
        Tools.require("ssh", "ssh-keygen");
        Path program = Tools.find("sshd").orElse(Path.of("/usr/sbin/sshd"));
        if (!Files.isExecutable(program)) {
            Tools.miss("the program 'sshd' is not installed; scripts/packages installs what tests need");
        }
        int port = Ports.free();
        write(folder, port, environment);
        // sshd wants its absolute path; -e logs to standard error
        var process = ChildProcess.start(
                "sshd",
                List.of(
                        program.toString(),
                        "-D",
                        "-e",
                        "-f",
                        folder.resolve("sshd_config").toString()));
        var server = new SshServer(folder, port, process);
        try {
            Await.until("sshd to take connections", LIMIT, server::answers);
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    private static void write(Path folder, int port, String... environment) {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            for (String key : List.of("host", "client", "stranger")) {
                Tool.run(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-f",
                        folder.resolve(key).toString());
            }
            Files.copy(folder.resolve("client.pub"), folder.resolve("authorized_keys"));
            Files.writeString(
                    folder.resolve("known_hosts"),
                    "[127.0.0.1]:%d %s".formatted(port, Files.readString(folder.resolve("host.pub"))));
            if ("root".equals(System.getProperty("user.name"))) {
                Files.createDirectories(Path.of("/run/sshd")); // where a privileged sshd locks itself in
            }
            Files.writeString(folder.resolve("sshd_config"), """
                    ListenAddress 127.0.0.1
                    Port %d
                    HostKey %2$s/host
                    AuthorizedKeysFile %2$s/authorized_keys
                    PidFile none
                    StrictModes no
                    UsePAM no
                    PasswordAuthentication no
                    KbdInteractiveAuthentication no
                    AllowUsers %3$s
                    %4$s
                    """.formatted(
                            port,
                            folder,
                            System.getProperty("user.name"),
                            environment.length == 0 ? "" : "SetEnv " + String.join(" ", environment)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new AssertionError("sshd has ended; " + process.tail());
        }
        return Ports.answers(port);
    }

    public int port() {
        return port;
    }

    /// A file in its folder.
    public Path file(String name) {
        return folder.resolve(name);
    }

    /// What it has logged.
    public String tail() {
        return process.tail();
    }

    @Override
    public void close() {
        process.terminate();
        process.awaitExit(LIMIT);
    }
}
