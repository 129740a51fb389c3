package org.virtkeep.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.daemon.config.Configuration;
import org.virtkeep.daemon.config.ConfigurationException;
import org.virtkeep.daemon.config.ConfigurationFile;
import org.virtkeep.daemon.config.Settings;
import org.virtkeep.model.StandardFolders;
import org.virtkeep.model.VirtException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/// The life of `virtkeepd` from the first to the last line.
final class VirtkeepdCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(VirtkeepdCommand.class);

    private final VirtkeepdOptions options = new VirtkeepdOptions();

    /// What reads the options, and then calls this.
    CommandLine line() {
        return options.parserFor(this);
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            Configuration configuration = configuration();
            if (options.checkConfig()) {
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
        if (options.root().isPresent()) {
            configuration = configuration.with(Settings.ROOT, options.root().get());
        }
        if (options.socket().isPresent()) {
            configuration = configuration.with(Settings.SOCKET, options.socket().get());
        }
        return options.readOnlySocket().isPresent()
                ? configuration.with(Settings.READ_ONLY_SOCKET, options.readOnlySocket())
                : configuration;
    }

    private Configuration file() throws ConfigurationException {
        if (options.config().isPresent()) {
            return ConfigurationFile.read(options.config().get());
        }
        Path standard = StandardFolders.ofProcess().configuration().resolve("virtkeepd.conf");
        return Files.exists(standard) ? ConfigurationFile.read(standard) : Configuration.standard();
    }
}
