package org.virtkeep.qemu.session;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryStatus;

/// Connects to one of a QEMU's monitors. Stateless.
final class Monitors {
    /// A QEMU that is busy with its images may need a moment.
    private static final Duration WORK_LIMIT = Duration.ofSeconds(5);
    /// The other sockets are tried to find out whether only the first one is stuck.
    static final Duration RESCUE_LIMIT = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Monitors.class);

    private Monitors() {}

    /// How the attempt ended.
    sealed interface Outcome {
        /// The caller owns the monitor.
        record Answered(QmpMonitor monitor) implements Outcome {}

        /// Nobody listens on any of the sockets.
        record Gone() implements Outcome {}

        /// Someone listens, but did not answer; `reason` says for each socket why.
        record Silent(String reason) implements Outcome {}
    }

    /// Uses a connection that is there anyway, if QEMU answers on it; else makes one.
    static Outcome reach(DomainRun run, Optional<QmpMonitor> connected, Deadline deadline) {
        if (connected.isPresent()) {
            try {
                connected.get().execute(new QueryStatus(), deadline.atMost(RESCUE_LIMIT));
                return new Outcome.Answered(new BorrowedMonitor(connected.get()));
            } catch (QmpException e) {
                LOG.debug("not answered by the connection that listens reason={}", e.getMessage());
            }
        }
        return connect(run, deadline);
    }

    /// Tries the work monitor first, then the others from the last one on, until one answers.
    static Outcome connect(DomainRun run, Deadline deadline) {
        var order = new ArrayList<Path>();
        order.add(run.workMonitor());
        order.addAll(run.watchMonitors().reversed());
        var reasons = new ArrayList<String>();
        for (Path socket : order) {
            Duration limit = socket.equals(run.workMonitor()) ? workLimit(deadline) : RESCUE_LIMIT;
            try {
                return new Outcome.Answered(QmpConnection.connect(socket, deadline.atMost(limit)));
            } catch (QmpException e) {
                if (!isAbsent(socket, e)) {
                    reasons.add(e.getMessage());
                }
            }
        }
        return outcome(reasons);
    }

    /// Leaves some time for the other sockets.
    private static Duration workLimit(Deadline deadline) {
        Duration half = Duration.ofNanos(deadline.remaining().toNanos() / 2); // Duration's own division is slow
        return half.compareTo(WORK_LIMIT) < 0 ? half : WORK_LIMIT;
    }

    private static Outcome outcome(List<String> reasons) {
        return reasons.isEmpty() ? new Outcome.Gone() : new Outcome.Silent(String.join("; ", reasons));
    }

    private static boolean isAbsent(Path socket, QmpException failure) {
        return !Files.exists(socket) || failure.getCause() instanceof ConnectException;
    }

    /// Whether one of the sockets has a listener, even a busy one. Does not wait.
    static boolean isAnyoneListening(DomainRun run) {
        return run.monitors().stream().anyMatch(Monitors::isListening);
    }

    private static boolean isListening(Path socket) {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (IOException e) {
            return !(e instanceof ConnectException) && Files.exists(socket);
        }
    }
}
