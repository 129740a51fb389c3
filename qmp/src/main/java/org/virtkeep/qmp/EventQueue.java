package org.virtkeep.qmp;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.Deadline;

/// One subscription's bounded queue. Thread-safe.
final class EventQueue implements QmpSubscription {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final Queue<QmpEvent> events = new ArrayDeque<>();
    private End end;
    private long arrived;

    EventQueue(int capacity) {
        this.capacity = capacity;
    }

    /// Adds an event, or ends the subscription if there is no room.
    ///
    /// @return false if the subscription has ended and wants no more events
    boolean offer(QmpEvent event) {
        lock.lock();
        try {
            if (end == null && events.size() == capacity) {
                end = new End.Overflow(capacity);
            } else if (end == null) {
                events.add(event);
                arrived++;
            }
            changed.signalAll();
            return end == null;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the subscription after the events it holds. The first reason wins.
    void finish(End reason) {
        lock.lock();
        try {
            if (end == null) {
                end = reason;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<QmpEvent> next(Deadline deadline) {
        boolean interrupted = false;
        lock.lock();
        try {
            while (events.isEmpty() && end == null && !deadline.hasPassed()) {
                try {
                    changed.awaitNanos(deadline.remaining().toNanos());
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            return Optional.ofNullable(events.poll());
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long arrived() {
        lock.lock();
        try {
            return arrived;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<End> end() {
        lock.lock();
        try {
            return Optional.ofNullable(end);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            finish(new End.Closed());
            events.clear();
        } finally {
            lock.unlock();
        }
    }
}
