package org.virtkeep.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.daemon.config.Configuration;
import org.virtkeep.daemon.config.ConfigurationException;
import org.virtkeep.daemon.config.ConfigurationFile;
import org.virtkeep.daemon.config.Settings;
import org.virtkeep.model.StandardFolders;
import org.virtkeep.model.VirtException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/// Options of `virtkeepd`, and its life from the first to the last line.
@Command(
        name = "virtkeepd",
        description = {
            "Serves the virtual machines of one root to libvirt's clients - virsh, python-libvirt, libvirt-java,"
                    + " virtnbdbackup - and to virtkeep.",
            "",
            "It stays in the foreground, prints one line when it answers, and ends at SIGTERM. Virtual machines and"
                    + " running backups go on without it, and it finds them again at its next start.",
            ""
        },
        footer = {
            "",
            "Signals:",
            "  SIGTERM, SIGINT   let clients go, and end",
            "  SIGHUP            read the configuration and the certificates again",
            "",
            "Files:",
            "  /etc/virtkeep/virtkeepd.conf          configuration, if the superuser runs it and it is there",
            "  ~/.config/virtkeep/virtkeepd.conf     the same for others",
            "  /run/virtkeep/virtkeep-sock           where virtkeep looks for the superuser's daemon",
            "",
            "Examples:",
            "  virtkeepd --root /var/lib/virtkeep --socket /run/virtkeep/virtkeep-sock",
            "  virsh -c 'qemu:///system?socket=/run/virtkeep/virtkeep-sock' list --all",
            "  virtnbdbackup -U 'qemu:///system?socket=/run/virtkeep/virtkeep-sock' -d web1 -l full -o /backup/web1",
            "",
            "Exit codes: 0 it was told to end, 1 it could not begin, 2 wrong options or configuration."
        },
        usageHelpWidth = 100)
final class VirtkeepdCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(VirtkeepdCommand.class);

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "Where all state is kept: definitions, checkpoints, jobs. Setting 'root'.")
    private Optional<Path> root = Optional.empty();

    @Option(names = "--socket", paramLabel = "PATH", description = "Where clients connect. Setting 'socket'.")
    private Optional<Path> socket = Optional.empty();

    @Option(
            names = "--socket-ro",
            paramLabel = "PATH",
            description = "Where clients connect that may look and change nothing. Setting 'socket-ro'.")
    private Optional<Path> readOnlySocket = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration: NAME = VALUE lines, see docs/daemon.md. Options win over it.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--check-config",
            description = "Say what is wrong with the configuration, with file and line, and end.")
    private boolean checkConfig;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Override
    public Integer call() throws InterruptedException {
        try {
            Configuration configuration = configuration();
            if (checkConfig) {
                System.out.println("the configuration is in order");
                return ExitCode.OK;
            }
            Log.start(configuration.get(Settings.LOG_LEVEL));
            return run(configuration);
        } catch (ConfigurationException e) {
            e.problems().forEach(System.err::println);
            return ExitCode.USAGE;
        }
    }

    private int run(Configuration configuration) throws InterruptedException {
        try (var signals = Signals.listen();
                Daemon daemon = Daemon.start(configuration)) {
            System.out.println(daemon.greeting());
            Readiness.tell("READY=1");
            LOG.info("daemon started pid={}", ProcessHandle.current().pid());
            while (signals.next() == Signals.Told.RELOAD) {
                reload(daemon);
            }
            Readiness.tell("STOPPING=1");
            LOG.info("daemon ends");
            return ExitCode.OK;
        } catch (IOException | VirtException e) {
            System.err.println("virtkeepd: " + e.getMessage());
            return ExitCode.SOFTWARE;
        }
    }

    /// A mistake in the file must not end a daemon that runs.
    private void reload(Daemon daemon) {
        try {
            daemon.reload(configuration());
        } catch (ConfigurationException | IOException e) {
            LOG.error("configuration not reloaded, the old one stays reason=\"{}\"", e.getMessage());
        }
    }

    private Configuration configuration() throws ConfigurationException {
        Configuration configuration = file();
        if (root.isPresent()) {
            configuration = configuration.with(Settings.ROOT, root.get().toAbsolutePath());
        }
        if (socket.isPresent()) {
            configuration = configuration.with(Settings.SOCKET, socket.get().toAbsolutePath());
        }
        return readOnlySocket.isPresent()
                ? configuration.with(Settings.READ_ONLY_SOCKET, readOnlySocket.map(Path::toAbsolutePath))
                : configuration;
    }

    private Configuration file() throws ConfigurationException {
        if (config.isPresent()) {
            return ConfigurationFile.read(config.get().toAbsolutePath());
        }
        Path standard = StandardFolders.ofProcess().configuration().resolve("virtkeepd.conf");
        return Files.exists(standard) ? ConfigurationFile.read(standard) : Configuration.standard();
    }
}
