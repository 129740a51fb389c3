package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;

/// Reads one export over one or several connections, and connects again when one breaks. Thread-safe. Owns its
/// connections.
///
/// Only for content that does not change, because what is read after a break must be what would have been read
/// before it. An export that has another size then, or does not tell what it told, is not read. There is no such
/// thing for writing: a server that broke off may have lost what it had confirmed and not been told to flush.
public final class NbdReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NbdReader.class);

    private final Connector connector;
    private final Retry retry;
    private final ExportInfo info;
    private final List<Lane> lanes = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /// Makes a connection to the export, the first one and later ones. May be called by any thread that reads.
    public interface Connector {
        /// @throws NbdException.Disconnected or [NbdException.TimedOut] if it may be tried again
        /// @throws IOException if that would be of no use, or not right
        NbdSession connect() throws IOException;
    }

    /// How hard one call tries.
    ///
    /// @param times how often it is tried again after a connection broke or could not be made; 0 for never
    /// @param pause before the first time; each further one is twice as long
    public record Retry(int times, Duration pause) {
        /// Gives up after 6 seconds.
        public static final Retry DEFAULT = new Retry(6, Duration.ofMillis(100));

        /// @throws IllegalArgumentException if a number is negative
        public Retry {
            if (times < 0 || pause.isNegative()) {
                throw new IllegalArgumentException("cannot try again %d times after %s".formatted(times, pause));
            }
        }
    }

    private NbdReader(Connector connector, Retry retry, NbdSession first) {
        this.connector = connector;
        this.retry = retry;
        this.info = first.info();
        this.lanes.add(new Lane(first));
    }

    /// Connects.
    ///
    /// @param connections how many connections to use if the server says that they all see the same content;
    ///     otherwise it is one
    /// @throws IOException if one could not be made; this is not tried again
    public static NbdReader open(Connector connector, int connections, Retry retry) throws IOException {
        var reader = new NbdReader(connector, retry, connector.connect());
        try {
            while (reader.lanes.size() < connections && reader.info.multiConn()) {
                reader.lanes.add(reader.new Lane(reader.connectToTheSame()));
            }
            return reader;
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /// What the server said about the export.
    public ExportInfo info() {
        return info;
    }

    /// How many connections are used.
    public int connections() {
        return lanes.size();
    }

    /// Like [NbdSession#read].
    ///
    /// @throws NbdException.Refused if the server could not read; that is not tried again
    /// @throws NbdException.Protocol if the export has changed
    /// @throws IOException if no connection was to be had
    public void read(ByteRange range, ByteBuffer into, Deadline deadline) throws IOException {
        call(deadline, session -> {
            session.read(range, into.duplicate(), deadline);
            return range;
        });
        into.position(into.limit());
    }

    /// Like [NbdSession#blockStatus], failing as above.
    public Map<ContextName, List<Extent>> blockStatus(ByteRange range, Deadline deadline) throws IOException {
        return call(deadline, session -> session.blockStatus(range, deadline));
    }

    private interface Request<T> {
        T on(NbdSession session) throws NbdException;
    }

    private <T> T call(Deadline deadline, Request<T> request) throws IOException {
        Duration pause = retry.pause();
        for (int failures = 0; ; failures++) {
            try {
                Lane lane = lanes.get(Math.floorMod(turn.getAndIncrement(), lanes.size()));
                return request.on(lane.session());
            } catch (NbdException.Disconnected | NbdException.TimedOut e) {
                if (failures >= retry.times() || !pause(pause, deadline)) {
                    throw e;
                }
                LOG.warn("connecting again export={} after={}", info.name(), e.getMessage());
            }
            pause = pause.multipliedBy(2);
        }
    }

    /// @return false if there is no sense in going on
    private boolean pause(Duration pause, Deadline deadline) {
        Duration left = deadline.remaining();
        try {
            return left.compareTo(pause) > 0 && !closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private NbdSession connectToTheSame() throws IOException {
        NbdSession session = connector.connect();
        if (!session.info().equals(info)) {
            session.close();
            throw new NbdException.Protocol(
                    "export '%s' is not what it was: before %s, now %s".formatted(info.name(), info, session.info()));
        }
        return session;
    }

    /// One connection after the other.
    private final class Lane {
        private final ReentrantLock lock = new ReentrantLock();

        // Guarded by lock.
        private NbdSession session;

        Lane(NbdSession first) {
            this.session = first;
        }

        /// One that works, as far as is known.
        NbdSession session() throws IOException {
            lock.lock();
            try {
                if (closed.getCount() == 0) {
                    throw new NbdException.Disconnected("export '%s' was closed".formatted(info.name()), null);
                }
                if (session.failure().isPresent()) {
                    session.close();
                    session = connectToTheSame();
                }
                return session;
            } finally {
                lock.unlock();
            }
        }

        void close() {
            lock.lock();
            try {
                session.close();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Says goodbye on all connections. Calls in flight fail. Idempotent.
    @Override
    public void close() {
        closed.countDown();
        lanes.forEach(Lane::close);
    }
}
