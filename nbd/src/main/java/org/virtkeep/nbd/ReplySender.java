package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a client its replies, in the order in which they were offered.
///
/// Whoever has offered replies sends them at once, as far as the connection takes them without waiting: the data was
/// just read, and is still in the processor's cache. The rest is left to a thread of this client's own ([#run]),
/// which alone ever waits for the client. How much can pile up is bounded by what the scheduler lets out.
/// Thread-safe.
final class ReplySender implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplySender.class);

    /// What goes out in one system call. Memory becomes free only after it, so not too much.
    private static final int BATCH_BYTES = 1 << 20;

    private static final int BATCH_BUFFERS = 256;

    private final ClientTransport transport;
    private final ExportCounters counters;
    private final ClientActivity activity;
    private final Runnable hangUp;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by lock.
    private final Deque<Outgoing> waiting = new ArrayDeque<>();
    private boolean sending;
    private boolean closed;
    private Optional<Batch> left = Optional.empty();

    /// Replies on their way, whose memory belongs to who sends them until they are released.
    private record Batch(List<Outgoing> replies, ByteBuffer[] buffers) {
        /// The first buffer with something left; the number of buffers if there is none.
        int next() {
            int first = 0;
            while (first < buffers.length && !buffers[first].hasRemaining()) {
                first++;
            }
            return first;
        }

        void release() {
            replies.forEach(Outgoing::release);
        }
    }

    /// @param hangUp ends the connection when the client cannot be written to; calls [#close()]
    ReplySender(ClientTransport transport, ExportCounters counters, ClientActivity activity, Runnable hangUp) {
        this.transport = transport;
        this.counters = counters;
        this.activity = activity;
        this.hangUp = hangUp;
    }

    /// Queues a reply. Sends nothing and never waits, so it may be called under a lock; [#flush()] has to follow.
    ///
    /// @return false if the client is gone: then the caller keeps the reply's memory
    boolean offer(Outgoing reply) {
        lock.lock();
        try {
            if (!closed) {
                waiting.addLast(reply);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /// Sends what can be sent without waiting, unless somebody else is at it.
    void flush() {
        try {
            var batch = beginBatch();
            while (batch.isPresent() && send(batch.get())) {
                batch = nextBatch();
            }
        } catch (IOException e) {
            lost(e);
        }
    }

    /// Sends what [#flush()] had to leave, until the client is gone.
    @Override
    public void run() {
        try {
            var batch = awaitLeft();
            while (batch.isPresent()) {
                finish(batch.get());
                var next = nextBatch();
                batch = next.isPresent() ? next : awaitLeft();
            }
        } catch (IOException e) {
            lost(e);
        }
    }

    /// Drops what waits, and takes no more. What is being sent is released by who sends it.
    void close() {
        List<Outgoing> dropped;
        lock.lock();
        try {
            closed = true;
            dropped = new ArrayList<>(waiting);
            waiting.clear();
            left.ifPresent(batch -> dropped.addAll(batch.replies));
            left = Optional.empty();
            changed.signal();
        } finally {
            lock.unlock();
        }
        dropped.forEach(Outgoing::release);
    }

    /// @return false if the connection takes no more now: the rest was left to the thread that may wait
    private boolean send(Batch batch) throws IOException {
        try {
            for (int next = batch.next(); next < batch.buffers.length; next = batch.next()) {
                if (transport.tryWrite(batch.buffers, next, batch.buffers.length - next) == 0) {
                    leave(batch);
                    return false;
                }
                taken();
            }
        } catch (IOException e) {
            batch.release();
            throw e;
        }
        sent(batch);
        return true;
    }

    /// Sends all of it, however long the client takes.
    private void finish(Batch batch) throws IOException {
        try {
            for (int next = batch.next(); next < batch.buffers.length; next = batch.next()) {
                transport.write(batch.buffers, next, batch.buffers.length - next);
                taken();
            }
        } catch (IOException e) {
            batch.release();
            throw e;
        }
        sent(batch);
    }

    private void sent(Batch batch) {
        batch.release();
        for (Outgoing reply : batch.replies) {
            if (reply.last()) {
                counters.answered(reply.readBytes());
                activity.answered();
            }
        }
    }

    private void taken() {
        activity.touch();
        counters.active();
    }

    private Optional<Batch> beginBatch() {
        lock.lock();
        try {
            return sending ? Optional.empty() : takeBatch();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Batch> nextBatch() {
        lock.lock();
        try {
            return takeBatch();
        } finally {
            lock.unlock();
        }
    }

    /// Who gets a batch is the only one who sends; who gets none has stopped to send.
    private Optional<Batch> takeBatch() {
        sending = !waiting.isEmpty();
        if (!sending) {
            return Optional.empty();
        }
        var replies = new ArrayList<Outgoing>();
        var buffers = new ArrayList<ByteBuffer>();
        int bytes = 0;
        while (!waiting.isEmpty() && bytes < BATCH_BYTES && buffers.size() < BATCH_BUFFERS) {
            Outgoing reply = waiting.remove();
            replies.add(reply);
            buffers.addAll(List.of(reply.buffers()));
            bytes += reply.size();
        }
        return Optional.of(new Batch(replies, buffers.toArray(ByteBuffer[]::new)));
    }

    /// Hands a batch to the thread that may wait.
    private void leave(Batch batch) {
        lock.lock();
        try {
            if (!closed) {
                left = Optional.of(batch);
                changed.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        batch.release();
    }

    private Optional<Batch> awaitLeft() {
        lock.lock();
        try {
            while (left.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            var batch = left;
            left = Optional.empty();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void lost(IOException cause) {
        LOG.debug("client takes no more replies peer={} cause={}", transport, cause.toString());
        hangUp.run();
    }
}
