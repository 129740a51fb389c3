package org.virtkeep.nbd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Replies that wait for a client to take them. Its length is bounded by what the scheduler lets out.
/// Thread-safe; [#offer] never waits.
final class ReplyQueue {
    /// What goes out in one system call. Memory becomes free only after it, so not too much.
    private static final int BATCH_BYTES = 1 << 20;

    private static final int BATCH_BUFFERS = 256;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by lock.
    private final Deque<Outgoing> waiting = new ArrayDeque<>();
    private boolean closed;

    /// @return false if the queue is closed
    boolean offer(Outgoing reply) {
        lock.lock();
        try {
            if (!closed) {
                waiting.addLast(reply);
                changed.signal();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for replies, and takes some that belong together well; the caller releases them. None when closed.
    List<Outgoing> take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return takeBatch();
        } finally {
            lock.unlock();
        }
    }

    private List<Outgoing> takeBatch() {
        var batch = new ArrayList<Outgoing>();
        int bytes = 0;
        int buffers = 0;
        while (!waiting.isEmpty()) {
            Outgoing next = waiting.element();
            bytes += next.size();
            buffers += next.buffers().length;
            if (!batch.isEmpty() && (bytes > BATCH_BYTES || buffers > BATCH_BUFFERS)) {
                break;
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    /// Drops what waits, and takes no more.
    void close() {
        List<Outgoing> dropped;
        lock.lock();
        try {
            closed = true;
            dropped = List.copyOf(waiting);
            waiting.clear();
            changed.signal();
        } finally {
            lock.unlock();
        }
        dropped.forEach(Outgoing::release);
    }
}
