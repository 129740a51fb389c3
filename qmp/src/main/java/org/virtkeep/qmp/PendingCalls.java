package org.virtkeep.qmp;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// Calls that were sent and not yet answered. Thread-safe.
final class PendingCalls {

    /// How many given-up calls may wait for their late answers. A peer that leaves more unanswered is not
    /// one.
    static final int MAX_ABANDONED = 10_000;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<Long, PendingCall> waiting = new HashMap<>();
    private final Set<Long> abandoned = new HashSet<>();
    private QmpException failure;

    /// Registers a call before it is sent.
    ///
    /// @return the failure that ended the session, if it has ended; the call is then not registered
    Optional<QmpException> open(PendingCall call) {
        lock.lock();
        try {
            if (failure == null) {
                waiting.put(call.id(), call);
            }
            return Optional.ofNullable(failure);
        } finally {
            lock.unlock();
        }
    }

    /// Gives an answer to its call. The answer to an abandoned call is dropped: its caller was told.
    ///
    /// @return false if there is no such call
    boolean complete(long id, Reply reply) {
        PendingCall call;
        lock.lock();
        try {
            call = waiting.remove(id);
            if (call == null) {
                return abandoned.remove(id);
            }
        } finally {
            lock.unlock();
        }
        call.complete(reply);
        return true;
    }

    /// Stops waiting for an answer that may still come.
    ///
    /// @throws QmpException.Disconnected if the peer owes more answers than it may
    void abandon(PendingCall call) throws QmpException.Disconnected {
        lock.lock();
        try {
            if (waiting.remove(call.id()) != null) {
                abandoned.add(call.id());
            }
            if (abandoned.size() > MAX_ABANDONED) {
                throw new QmpException.Disconnected(
                        "the monitor left %d commands unanswered".formatted(abandoned.size()));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a call that was not sent.
    void withdraw(PendingCall call) {
        lock.lock();
        try {
            waiting.remove(call.id());
        } finally {
            lock.unlock();
        }
    }

    /// Ends every waiting call, and refuses every later one, with `cause`. The first cause wins.
    void failAll(QmpException cause) {
        List<PendingCall> orphans;
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
            }
            orphans = List.copyOf(waiting.values());
            waiting.clear();
            abandoned.clear();
        } finally {
            lock.unlock();
        }
        orphans.forEach(call -> call.complete(new Reply.Lost(cause)));
    }
}
