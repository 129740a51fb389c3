package org.virtkeep.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.virtkeep.model.VirtException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/// Options of `virtkeepd`.
@Command(name = "virtkeepd", mixinStandardHelpOptions = true)
final class VirtkeepdCommand implements Callable<Integer> {
    @Option(names = "--root", paramLabel = "DIR", description = "where all state is kept")
    private Path root;

    @Option(names = "--socket", paramLabel = "PATH", description = "where clients connect")
    private Path socket;

    @Option(names = "--socket-ro", paramLabel = "PATH", description = "where clients connect that may change nothing")
    private Path readOnlySocket;

    @Option(names = "--config", paramLabel = "FILE", description = "configuration file")
    private Path config;

    @Override
    public Integer call() throws InterruptedException {
        try (var signal = EndSignal.await();
                Daemon daemon = Daemon.start(root, socket, Optional.ofNullable(readOnlySocket))) {
            System.out.println(daemon.greeting());
            signal.await(daemon);
            return ExitCode.OK;
        } catch (IOException | VirtException e) {
            System.err.println("virtkeepd: " + e.getMessage());
            return ExitCode.SOFTWARE;
        }
    }
}
