package org.virtkeep.nbd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Calls that wait for their replies, by the cookie that the server repeats. Thread-safe; runs no completion
/// while it holds its lock.
final class PendingCalls {
    private record Waiting(Call call, long sinceNanos) {}

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private long lastCookie;
    private NbdException closedBy;

    /// @return the call's cookie, or empty if the connection is gone: then the call has failed
    Optional<Long> open(Call call) {
        NbdException cause;
        lock.lock();
        try {
            cause = closedBy;
            if (cause == null) {
                long cookie = ++lastCookie;
                waiting.put(cookie, new Waiting(call, System.nanoTime()));
                return Optional.of(cookie);
            }
        } finally {
            lock.unlock();
        }
        call.fail(cause);
        return Optional.empty();
    }

    /// @throws NbdException.Protocol if nobody waits for `cookie`
    Call find(long cookie) throws NbdException.Protocol {
        lock.lock();
        try {
            Waiting found = waiting.get(cookie);
            if (found == null) {
                throw new NbdException.Protocol("a reply to no request: cookie 0x%x".formatted(cookie));
            }
            return found.call;
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a call whose reply is whole, just before it ends.
    void close(long cookie) {
        lock.lock();
        try {
            waiting.remove(cookie);
        } finally {
            lock.unlock();
        }
    }

    /// Fails every waiting call, and every later one, with `cause`. The first cause wins.
    void failAll(NbdException cause) {
        List<Waiting> orphans;
        lock.lock();
        try {
            if (closedBy == null) {
                closedBy = cause;
            }
            orphans = new ArrayList<>(waiting.values());
            waiting.clear();
        } finally {
            lock.unlock();
        }
        orphans.forEach(orphan -> orphan.call.fail(cause));
    }

    /// How long the oldest call has been waiting; zero if none is.
    Duration longestWait() {
        long now = System.nanoTime();
        lock.lock();
        try {
            return Duration.ofNanos(waiting.values().stream()
                    .mapToLong(entry -> now - entry.sinceNanos)
                    .max()
                    .orElse(0));
        } finally {
            lock.unlock();
        }
    }
}
