package org.virtkeep.qmp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Hands each event to every subscription. Thread-safe; publishing never waits for a reader.
final class EventHub {
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final List<EventQueue> queues = new ArrayList<>();
    private QmpException failure;

    /// @param capacity how many unread events the subscription can hold
    QmpSubscription subscribe(int capacity) {
        var queue = new EventQueue(capacity);
        lock.lock();
        try {
            queues.removeIf(other -> other.end().isPresent());
            if (failure == null) {
                queues.add(queue);
            } else {
                queue.finish(new QmpSubscription.End.Disconnected(failure));
            }
        } finally {
            lock.unlock();
        }
        return queue;
    }

    void publish(QmpEvent event) {
        lock.lock();
        try {
            queues.removeIf(queue -> !queue.offer(event));
        } finally {
            lock.unlock();
        }
    }

    /// Ends all subscriptions, now and later.
    void finish(QmpException cause) {
        lock.lock();
        try {
            failure = cause;
            queues.forEach(queue -> queue.finish(new QmpSubscription.End.Disconnected(cause)));
            queues.clear();
        } finally {
            lock.unlock();
        }
    }
}
