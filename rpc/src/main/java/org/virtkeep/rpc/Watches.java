package org.virtkeep.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Looks at the connections of this process, each when it is due, on one thread, which ends when there has been
/// none for a while. One that comes wakes the thread only if it is due before all others, and before those that have
/// gone: most connections are gone before anybody looks at them. Thread-safe.
final class Watches {
    static final Watches SHARED = new Watches();

    private static final long LINGER_NANOS = Duration.ofSeconds(10).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();

    // Guarded by lock.
    private final Map<ConnectionWatch, Long> due = new HashMap<>(); // by System.nanoTime()
    private boolean running;
    private long wakesAt;

    void add(ConnectionWatch watch) {
        lock.lock();
        try {
            note(watch);
        } finally {
            lock.unlock();
        }
    }

    /// The connection is to be looked at more often from now on, unless it has been removed.
    void sooner(ConnectionWatch watch) {
        lock.lock();
        try {
            if (due.containsKey(watch)) {
                note(watch);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Idempotent.
    void remove(ConnectionWatch watch) {
        lock.lock();
        try {
            due.remove(watch);
        } finally {
            lock.unlock();
        }
    }

    /// How many connections are being watched.
    int count() {
        lock.lock();
        try {
            return due.size();
        } finally {
            lock.unlock();
        }
    }

    private void note(ConnectionWatch watch) {
        long at = System.nanoTime() + watch.tick().toNanos();
        due.put(watch, at);
        if (!running) {
            running = true;
            wakesAt = at;
            Thread.ofPlatform().daemon().name("rpc-watch").start(this::run);
        } else if (at - wakesAt < 0) {
            wakesAt = at;
            earlier.signal();
        }
    }

    private void run() {
        for (List<ConnectionWatch> now = awaitDue(); !now.isEmpty(); now = awaitDue()) {
            now.forEach(ConnectionWatch::look);
        }
    }

    /// @return none if this thread has nothing to do with those that come from now on
    private List<ConnectionWatch> awaitDue() {
        lock.lock();
        try {
            long idleSince = System.nanoTime();
            while (true) {
                long now = System.nanoTime();
                List<ConnectionWatch> found = takeDue(now);
                if (!found.isEmpty()) {
                    return found;
                }
                if (due.isEmpty() && now - idleSince >= LINGER_NANOS) {
                    running = false;
                    return List.of();
                }
                if (!due.isEmpty()) {
                    idleSince = now;
                }
                sleep(now);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Those that are due, with their next time noted.
    private List<ConnectionWatch> takeDue(long now) {
        var found = new ArrayList<ConnectionWatch>();
        due.replaceAll((watch, at) -> {
            if (at - now > 0) {
                return at;
            }
            found.add(watch);
            return now + watch.tick().toNanos();
        });
        return found;
    }

    private void sleep(long now) {
        long wait = due.values().stream().mapToLong(at -> at - now).min().orElse(LINGER_NANOS);
        wakesAt = now + wait;
        try {
            earlier.awaitNanos(wait);
        } catch (InterruptedException _) {
            return; // nobody has this thread but us
        }
    }
}
