package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A keeper that waits for the next job, started and loaded, since most of the time that a begin takes
/// is the start of a JVM. There is none before the first job, nor a while after the last one. It is a
/// child of this process until it is given its job, and ends with it; from then on it is a keeper as
/// any other. Thread-safe.
final class SpareKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpareKeeper.class);

    private static final Duration IDLE_LIMIT = Duration.ofMinutes(10);

    private final Path root;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private Optional<KeeperProcess> waiting = Optional.empty();
    private Optional<Thread> preparing = Optional.empty();
    private boolean closed;

    SpareKeeper(Path root) {
        this.root = root;
    }

    /// The keeper of a job: the one that waits, or else a new one. The caller owns it.
    KeeperProcess take(String domain, int job, Path log) throws IOException {
        Optional<KeeperProcess> spare = release();
        if (spare.filter(SpareKeeper::waits).isPresent()) {
            try {
                spare.get().take(domain, job, log);
                return spare.get();
            } catch (IOException e) {
                LOG.debug("spare keeper not used reason={}", e.getMessage());
                spare.get().close();
            }
        }
        return KeeperProcess.start(root, domain, job, log);
    }

    private static boolean waits(KeeperProcess spare) {
        return spare.identity().isAlive() && !spare.identity().isStopped();
    }

    /// Which process waits, if one does.
    Optional<KeeperProcess> waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    private Optional<KeeperProcess> release() {
        lock.lock();
        try {
            Optional<KeeperProcess> spare = waiting;
            waiting = Optional.empty();
            return spare;
        } finally {
            lock.unlock();
        }
    }

    /// Has one started for the next job, unless one waits. Returns at once.
    ///
    /// @param pause until then, if nothing is asked for in the meantime; none if the job is about to
    ///     begin
    void prepareIn(Duration pause) {
        lock.lock();
        try {
            preparing.ifPresent(Thread::interrupt);
            preparing = closed
                    ? Optional.empty()
                    : Optional.of(Thread.ofVirtual().name("spare-keeper").start(() -> prepare(pause)));
        } finally {
            lock.unlock();
        }
    }

    private void prepare(Duration pause) {
        try {
            Thread.sleep(pause);
            startUnlessOneWaits(pause.isZero());
            Thread.sleep(IDLE_LIMIT);
            release().ifPresent(KeeperProcess::close);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // another job has begun, or we are closed
        } catch (IOException e) {
            LOG.warn("no spare keeper reason={}", e.getMessage());
        }
    }

    private void startUnlessOneWaits(boolean soon) throws IOException {
        lock.lock();
        try {
            if (!closed && waiting.isEmpty()) {
                waiting = Optional.of(KeeperProcess.startSpare(root, soon));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends the one that waits, and starts no other.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            preparing.ifPresent(Thread::interrupt);
            preparing = Optional.empty();
        } finally {
            lock.unlock();
        }
        release().ifPresent(KeeperProcess::close);
    }
}
