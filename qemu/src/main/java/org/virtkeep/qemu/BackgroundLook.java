package org.virtkeep.qemu;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.Root;

/// Looks at all running domains, in a thread of its own while one look lasts, so that who waits for events hears of
/// each at once, however long another domain keeps the look waiting. Thread-safe.
final class BackgroundLook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundLook.class);

    /// From the end of one look to the begin of the next, at least.
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Root root;
    private final DomainLook look;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private Optional<Thread> looking = Optional.empty();
    private long nextNanos = System.nanoTime() + INTERVAL.toNanos();
    private boolean closed;

    BackgroundLook(Root root, DomainLook look) {
        this.root = root;
        this.look = look;
    }

    /// Starts a look, unless one goes on or has just ended.
    void startIfDue() {
        lock.lock();
        try {
            if (!closed && looking.filter(Thread::isAlive).isEmpty() && System.nanoTime() - nextNanos >= 0) {
                looking = Optional.of(Thread.ofVirtual().name("look").start(this::run));
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (String name : root.domainNames()) {
                if (isClosed()) {
                    return;
                }
                if (root.folder(name).readRun().isPresent()) {
                    look.at(name);
                }
            }
        } catch (VirtException e) {
            LOG.warn("domains not looked at root={} reason={}", root.dir(), e.getMessage());
        } finally {
            ended();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            nextNanos = System.nanoTime() + INTERVAL.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /// Lets the look at one domain end that goes on, and starts no other.
    @Override
    public void close() {
        Optional<Thread> last;
        lock.lock();
        try {
            closed = true;
            last = looking;
        } finally {
            lock.unlock();
        }
        try {
            if (last.isPresent()) {
                last.get().join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
