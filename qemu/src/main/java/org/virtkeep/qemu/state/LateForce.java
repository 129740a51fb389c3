package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forces files to disk a moment after they were written, with nobody waiting: not while the writer
/// still works, whose next step the disk would hold up, and once for all that was written in that
/// moment. One thread, which ends when there has been nothing to do for a while. Thread-safe.
final class LateForce {
    private static final Logger LOG = LoggerFactory.getLogger(LateForce.class);
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final Duration LINGER = Duration.ofSeconds(10);

    private final Durable durable;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();

    // Guarded by lock.
    private final Set<Path> waiting = new LinkedHashSet<>();
    private boolean running;

    LateForce(Durable durable) {
        this.durable = durable;
    }

    /// Has the file forced soon; no error if it is gone by then.
    void add(Path file) {
        lock.lock();
        try {
            waiting.add(file);
            if (running) {
                added.signal();
            } else {
                running = true;
                Thread.ofPlatform().daemon().name("late-force").start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Forces what waits, now. For the end of a process, which the thread does not survive.
    void finish() {
        take().forEach(this::force);
    }

    private void run() {
        try {
            while (awaitFile()) {
                Thread.sleep(MOMENT);
                finish();
            }
        } catch (InterruptedException _) {
            lock.lock();
            try {
                running = false;
            } finally {
                lock.unlock();
            }
        }
    }

    /// @return false if none came for a while; this thread has nothing to do with those that come then
    private boolean awaitFile() throws InterruptedException {
        long rest = LINGER.toNanos();
        lock.lock();
        try {
            while (waiting.isEmpty() && rest > 0) {
                rest = added.awaitNanos(rest);
            }
            running = !waiting.isEmpty();
            return running;
        } finally {
            lock.unlock();
        }
    }

    private List<Path> take() {
        lock.lock();
        try {
            var taken = List.copyOf(waiting);
            waiting.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void force(Path file) {
        try {
            durable.forceContent(file);
        } catch (IOException e) {
            LOG.warn("not forced to disk file={} reason={}", file, e.getMessage());
        }
    }
}
