package org.virtkeep.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// The newest events of one connection, with numbers of its own. Thread-safe.
///
/// The numbers begin with the time, in microseconds: those of a connection that was opened later are greater, and who
/// brings one from an earlier connection is told that events are lost.
final class EventLog {
    private static final int KEPT = 4_096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final long first = Instant.now().toEpochMilli() * 1_000;

    // Guarded by lock.
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long last = first;
    private long dropped = first;
    private boolean interrupted;

    long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /// @param event of the sequence number that it is given
    void add(LongFunction<Event> event) {
        lock.lock();
        try {
            events.add(event.apply(++last));
            if (events.size() > KEPT) {
                dropped = events.removeFirst().sequence();
            }
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Nothing more will come unless somebody sees to it: waiting readers return.
    void interrupt() {
        lock.lock();
        try {
            interrupted = true;
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Undoes [#interrupt()].
    void resume() {
        lock.lock();
        try {
            interrupted = false;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for events after `after`; empty if the limit passed, or if the stream of events was interrupted.
    List<Event> await(long after, Duration limit) {
        var deadline = Deadline.in(limit);
        lock.lock();
        try {
            while (last <= after && !interrupted && !deadline.hasPassed()) {
                added.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            }
            return after(after);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw VirtException.qemu(ErrorCode.OPERATION_ABORTED, "interrupted while waiting for events");
        } finally {
            lock.unlock();
        }
    }

    private List<Event> after(long after) {
        var news = events.stream().filter(event -> event.sequence() > after);
        return after < dropped
                ? Stream.concat(Stream.of((Event) new Event.EventsLost(dropped, Instant.now())), news)
                        .toList()
                : news.toList();
    }
}
