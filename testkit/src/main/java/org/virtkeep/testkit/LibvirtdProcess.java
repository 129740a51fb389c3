package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A libvirtd of one test alone: it runs in per-user mode (`qemu:///session`) as a plain user, with everything it
/// keeps in one folder. Closing it ends the QEMUs that it started, too, and deletes the folder.
public final class LibvirtdProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final ChildProcess process;

    private LibvirtdProcess(Path directory, ChildProcess process) {
        this.directory = directory;
        this.process = process;
    }

    /// Starts it in a new folder and waits until it takes connections. Ends the test if it is not installed.
    public static LibvirtdProcess start() {
        return start(newFolder(), List.of());
    }

    /// As [#start], and takes connections over TLS at `port` of this host, too, with the certificate `server` of these
    /// and from clients of their authority.
    public static LibvirtdProcess startWithTls(Certificates certificates, int port) {
        Path directory = newFolder();
        try {
            for (String name : List.of("ca-cert.pem", "server-cert.pem", "server-key.pem")) {
                Path copy = Files.copy(certificates.folder().resolve(name), directory.resolve(name));
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
            }
            Files.writeString(directory.resolve("libvirtd.conf"), """
                    listen_tls = 1
                    listen_tcp = 0
                    listen_addr = "127.0.0.1"
                    tls_port = "%1$d"
                    ca_file = "%2$s/ca-cert.pem"
                    cert_file = "%2$s/server-cert.pem"
                    key_file = "%2$s/server-key.pem"
                    """.formatted(port, directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return start(directory, List.of("--listen"));
    }

    private static LibvirtdProcess start(Path directory, List<String> options) {
        Path program = program();
        List<String> command = new ArrayList<>(List.of(
                "env",
                "HOME=" + directory,
                "XDG_RUNTIME_DIR=" + directory.resolve("run"),
                "XDG_CONFIG_HOME=" + directory.resolve("config"),
                "XDG_CACHE_HOME=" + directory.resolve("cache"),
                "XDG_DATA_HOME=" + directory.resolve("data")));
        command.addAll(asPlainUser());
        command.addAll(List.of(
                program.toString(),
                "--config",
                directory.resolve("libvirtd.conf").toString()));
        command.addAll(options);
        var daemon = new LibvirtdProcess(directory, ChildProcess.start("libvirtd", command));
        try {
            Await.until("libvirtd to take connections", LIMIT, daemon::answers);
            return daemon;
        } catch (RuntimeException | Error e) {
            daemon.close();
            throw e;
        }
    }

    public Path socket() {
        return directory.resolve("run/libvirt/libvirt-sock");
    }

    /// A folder that everybody may write to, for images and sockets; it goes with the daemon.
    public Path directory() {
        return directory;
    }

    @Override
    public void close() {
        process.terminate();
        process.awaitExit(LIMIT);
        try {
            killMachines();
            Folders.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new AssertionError("libvirtd has ended; " + process.tail());
        }
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException _) {
            return false; // not yet
        }
    }

    /// QEMUs live on when libvirtd ends; their process ids are in its run folder.
    private void killMachines() throws IOException {
        Path folder = directory.resolve("run/libvirt/qemu/run");
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".pid")).toList()) {
                long pid = Long.parseLong(Files.readString(file).strip());
                ProcessHandle.of(pid).filter(this::isOurs).ifPresent(LibvirtdProcess::kill);
            }
        }
    }

    private boolean isOurs(ProcessHandle machine) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(machine.pid()), "cmdline"))
                    .contains(directory.toString());
        } catch (IOException _) {
            return false; // it has ended
        }
    }

    private static void kill(ProcessHandle machine) {
        machine.destroyForcibly();
        Await.until("QEMU to end", LIMIT, () -> !machine.isAlive());
    }

    private static Path newFolder() {
        try {
            Path directory = Files.createTempDirectory("libvirtd");
            for (String name : List.of("", "run", "config", "cache", "data")) {
                Path folder = Files.createDirectories(directory.resolve(name));
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            }
            Files.createFile(directory.resolve("libvirtd.conf"));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Daemons are not on everybody's PATH.
    private static Path program() {
        Path program = Tools.find("libvirtd").orElse(Path.of("/usr/sbin/libvirtd"));
        if (!Files.isExecutable(program)) {
            Tools.miss("the program 'libvirtd' is not installed; scripts/packages installs what tests need");
        }
        return program;
    }

    /// As root it would be the system's libvirtd, with the system's folders.
    private static List<String> asPlainUser() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        Tools.require("setpriv");
        String nobody = "65534";
        return List.of("setpriv", "--reuid=" + nobody, "--regid=" + nobody, "--clear-groups");
    }
}
