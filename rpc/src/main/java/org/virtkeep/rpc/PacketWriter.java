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

/// Sends whole packets in the order in which they were handed in, one at a time, from a queue of bounded size.
/// Thread-safe.
///
/// Whoever writes a packet writes those, too, that others have queued meanwhile: most clients send their next call
/// as soon as they have read a reply, which may be before its writer has noticed. A thread for what nobody writes
/// is started with the first such packet; many connections never have one.
///
/// The queue may exceed its limit by one packet, so that a packet larger than the limit can be sent.
final class PacketWriter {
    private static final int STEP_BYTES = 64 * 1024;
    /// How many packets of others a caller of [#write] sends: it has other things to do.
    private static final int MOST_OF_OTHERS = 8;

    private static final byte[] NONE = {};

    private final RpcTransport transport;
    private final long limitBytes;
    private final Thread.Builder thread;
    private final Consumer<IOException> onEnd;

    private final ReentrantLock lock = new ReentrantLock();
    /// For the writer thread: there may be something to write, or nothing any more.
    private final Condition work = lock.newCondition();
    /// For those who have a packet.
    private final Condition room = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private long queuedBytes; // with the packet that is being written
    private boolean started;
    private boolean writing;
    private boolean finishing;
    private boolean stopped;
    private boolean endTold;
    private IOException end = new IOException("everything queued was sent, and the connection was to be closed then");

    /// [System#nanoTime()] when the step that is being written began; 0 while none is.
    private volatile long writingSince;

    /// @param thread makes the thread that writes what nobody else does
    /// @param onEnd  called once, with why nothing more will be sent, on the thread that notices: not by [#stop()]
    PacketWriter(RpcTransport transport, long limitBytes, Thread.Builder thread, Consumer<IOException> onEnd) {
        this.transport = transport;
        this.limitBytes = limitBytes;
        this.thread = thread;
        this.onEnd = onEnd;
    }

    /// Queues `packet`, waiting for room.
    ///
    /// @return false if there was no room before `deadline`, or nothing is sent any more
    boolean put(byte[] packet, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            return awaitRoom(deadline) && add(packet);
        } finally {
            lock.unlock();
        }
    }

    /// As [#put], but if nothing is being written, the calling thread writes the packet itself, which saves it to wake
    /// another. It then waits as long as the peer takes nothing, until [#stop()]. Not for threads that may be
    /// interrupted.
    boolean write(byte[] packet, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            if (!awaitRoom(deadline)) {
                return false;
            }
            if (writing || !queue.isEmpty()) {
                return add(packet);
            }
            writing = true;
            queuedBytes += packet.length;
        } finally {
            lock.unlock();
        }
        return writeOn(packet, MOST_OF_OTHERS);
    }

    private boolean awaitRoom(Deadline deadline) throws InterruptedException {
        while (!stopped && !finishing && queuedBytes >= limitBytes) {
            if (deadline.hasPassed()) {
                return false;
            }
            room.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        }
        return !stopped && !finishing;
    }

    /// Writes a packet, and up to `more` of those that are queued then.
    ///
    /// @return false if the first could not be sent: nothing more is sent then
    private boolean writeOn(byte[] first, int more) {
        boolean sent = transferred(first);
        int others = 0;
        for (byte[] next = after(first, others < more); next.length > 0; next = after(next, others < more)) {
            transferred(next);
            others++;
        }
        tellIfEnded();
        return sent;
    }

    private boolean transferred(byte[] packet) {
        try {
            transfer(packet);
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        }
    }

    /// @return what the same thread writes next; nothing if it has done enough, or all
    private byte[] after(byte[] written, boolean goOn) {
        lock.lock();
        try {
            queuedBytes -= written.length;
            room.signalAll();
            if (goOn && !queue.isEmpty()) {
                return queue.remove();
            }
            writing = false;
            if (!queue.isEmpty()) {
                wakeThread();
            }
            return NONE;
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
            wakeAll();
        } finally {
            lock.unlock();
        }
        tellIfEnded();
    }

    /// Takes no more packets and forgets those queued. The caller closes the transport, which ends a write that
    /// waits.
    void stop() {
        lock.lock();
        try {
            stopped = true;
            queue.clear();
            wakeAll();
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
        if (!writing) {
            wakeThread();
        }
        return true;
    }

    private void wakeThread() {
        if (started) {
            work.signal();
        } else {
            started = true;
            thread.start(this::run);
        }
    }

    private void wakeAll() {
        work.signal();
        room.signalAll();
    }

    private void fail(IOException cause) {
        lock.lock();
        try {
            if (!stopped) {
                end = cause;
            }
            stopped = true;
            queue.clear();
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (byte[] packet = take(); packet.length > 0; packet = take()) {
            writeOn(packet, Integer.MAX_VALUE);
        }
    }

    /// The thread that calls this holds no lock, for it may close the connection then.
    private void tellIfEnded() {
        IOException cause;
        lock.lock();
        try {
            if (endTold || writing || !stopped && !(finishing && queue.isEmpty())) {
                return;
            }
            endTold = true;
            cause = end;
        } finally {
            lock.unlock();
        }
        onEnd.accept(cause);
    }

    /// In steps, so that a peer that takes a large packet slowly is told from one that takes nothing.
    private void transfer(byte[] packet) throws IOException {
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
            while (!stopped && (writing || queue.isEmpty()) && !(finishing && queue.isEmpty())) {
                work.awaitUninterruptibly();
            }
            if (queue.isEmpty()) {
                return NONE;
            }
            writing = true;
            return queue.remove();
        } finally {
            lock.unlock();
        }
    }
}
