package org.virtkeep.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.virtkeep.model.Deadline;

/// Sends whole packets in the order in which they were handed in, from a queue of bounded size. Thread-safe.
///
/// The queue may exceed its limit by one packet, so that a packet larger than the limit can be sent.
final class PacketWriter {
    private static final int STEP_BYTES = 64 * 1024;

    private final RpcTransport transport;
    private final long limitBytes;
    private final Consumer<IOException> onEnd;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private long queuedBytes; // with the packet that is being written
    private boolean finishing;
    private boolean stopped;

    /// [System#nanoTime()] when the step that is being written began; 0 while none is.
    private volatile long writingSince;

    /// @param onEnd called once on the writer thread, with why nothing more will be sent
    PacketWriter(RpcTransport transport, long limitBytes, Consumer<IOException> onEnd) {
        this.transport = transport;
        this.limitBytes = limitBytes;
        this.onEnd = onEnd;
    }

    /// @param thread makes the thread that writes
    void start(Thread.Builder thread) {
        thread.start(this::run);
    }

    /// Queues `packet`, waiting for room.
    ///
    /// @return false if there was no room before `deadline`, or nothing is sent any more
    boolean put(byte[] packet, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            while (!stopped && !finishing && queuedBytes >= limitBytes) {
                if (deadline.hasPassed()) {
                    return false;
                }
                changed.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            }
            return add(packet);
        } finally {
            lock.unlock();
        }
    }

    /// What became of a packet that could not wait.
    enum Offer {
        QUEUED,
        /// The peer has left too much unread.
        FULL,
        /// Nothing is sent any more.
        ENDED
    }

    /// Queues `packet` if there is room now.
    Offer offer(byte[] packet) {
        lock.lock();
        try {
            if (stopped || finishing) {
                return Offer.ENDED;
            }
            return queuedBytes < limitBytes && add(packet) ? Offer.QUEUED : Offer.FULL;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more packets, and ends when those queued are sent.
    void finish() {
        lock.lock();
        try {
            finishing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more packets and forgets those queued. The caller closes the transport, which ends a write that
    /// waits.
    void stop() {
        lock.lock();
        try {
            stopped = true;
            queue.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// How long the peer has not taken what is being written; zero while nothing is.
    Duration stalledFor() {
        long since = writingSince;
        return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
    }

    private boolean add(byte[] packet) {
        if (stopped || finishing) {
            return false;
        }
        queue.add(packet);
        queuedBytes += packet.length;
        changed.signalAll();
        return true;
    }

    private void run() {
        var end = new IOException("everything queued was sent, and the connection was to be closed then");
        try {
            for (byte[] packet = take(); packet.length > 0; packet = take()) {
                write(packet);
                written(packet);
            }
        } catch (IOException e) {
            end = e;
        } finally {
            stop();
            onEnd.accept(end);
        }
    }

    /// In steps, so that a peer that takes a large packet slowly is told from one that takes nothing.
    private void write(byte[] packet) throws IOException {
        for (int from = 0; from < packet.length; from += STEP_BYTES) {
            writingSince = System.nanoTime() | 1; // never 0
            transport.write(ByteBuffer.wrap(packet, from, Math.min(STEP_BYTES, packet.length - from)));
        }
        writingSince = 0;
    }

    /// @return the next packet, or an empty one if there will be none
    private byte[] take() {
        lock.lock();
        try {
            while (queue.isEmpty() && !stopped && !finishing) {
                changed.awaitUninterruptibly();
            }
            return queue.isEmpty() ? new byte[0] : queue.remove();
        } finally {
            lock.unlock();
        }
    }

    private void written(byte[] packet) {
        lock.lock();
        try {
            queuedBytes -= packet.length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
