package org.virtkeep.rpc;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.virtkeep.model.Deadline;

/// What one subscriber of a client has not yet read of the events that arrived. Thread-safe.
///
/// The queue is bounded. When its reader stays away too long, the subscription ends with [Item.Lost] after the
/// events that still fitted, so that nothing is missed unnoticed; so it does with [Item.Ended] when the
/// connection ends.
public final class EventQueue implements AutoCloseable {

    /// One step of a subscription.
    public sealed interface Item {
        record Arrived(EventMessage event) implements Item {}

        /// More events came than the queue holds. Nothing more will come: subscribe again, then ask for the
        /// state.
        record Lost() implements Item {}

        /// The connection is gone. Nothing more will come.
        record Ended(RpcException.Disconnected cause) implements Item {}
    }

    private final int capacity;
    private final Consumer<EventQueue> onClose;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<EventMessage> events = new ArrayDeque<>();
    private Optional<Item> end = Optional.empty();

    /// @param onClose called by [#close()], to be given no more
    EventQueue(int capacity, Consumer<EventQueue> onClose) {
        if (capacity < 1) {
            throw new IllegalArgumentException("queue of %d events".formatted(capacity));
        }
        this.capacity = capacity;
        this.onClose = onClose;
    }

    /// Waits for the next item. After [Item.Lost] or [Item.Ended] it returns the same again.
    ///
    /// @return empty if `deadline` passed first
    public Optional<Item> next(Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            while (events.isEmpty() && end.isEmpty()) {
                if (deadline.hasPassed()) {
                    return Optional.empty();
                }
                arrived.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            }
            return events.isEmpty() ? end : Optional.of(new Item.Arrived(events.remove()));
        } finally {
            lock.unlock();
        }
    }

    /// Ends the subscription. The connection is not touched.
    @Override
    public void close() {
        onClose.accept(this);
    }

    /// @return false if the subscription has ended and is to be given no more
    boolean offer(EventMessage event) {
        lock.lock();
        try {
            if (end.isPresent()) {
                return false;
            }
            if (events.size() < capacity) {
                events.add(event);
            } else {
                end = Optional.of(new Item.Lost());
            }
            arrived.signalAll();
            return end.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void end(RpcException.Disconnected cause) {
        lock.lock();
        try {
            if (end.isEmpty()) {
                end = Optional.of(new Item.Ended(cause));
            }
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
