package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Fills packs and stores the full ones.
///
/// Any thread may [#append]; packs are stored by platform threads of this writer, because storing waits
/// for the disk. Memory is bounded: when all buffers are being stored, [#append] waits for one. The first
/// failure is kept and thrown by every later call; the packs that were stored before it stay.
final class PackWriter implements AutoCloseable {

    /// Told of each pack as soon as it is durable, by the thread that stored it.
    interface Listener {
        void durable(PackDirectory pack) throws IOException;
    }

    private final Storage storage;
    private final Codec codec;
    private final UUID repository;
    private final Listener listener;
    private final ExecutorService uploads;
    private final int packBytes;
    private final int maxBuffers;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private PackBuilder current;
    private final Deque<PackBuilder> waiting = new ArrayDeque<>(); // no room left, but places still being written
    private int allocated; // buffers that exist or are being made
    private boolean making; // one of them is being made
    private boolean asked; // a thread of ours is to make one
    private int unstored; // packs that are sealed for new entries and not yet durable
    private IOException failure;

    PackWriter(Storage storage, Codec codec, UUID repository, RepositorySettings settings, Listener listener) {
        this.storage = storage;
        this.codec = codec;
        this.repository = repository;
        this.listener = listener;
        this.uploads = Executors.newFixedThreadPool(
                settings.uploads(),
                Thread.ofPlatform().name("repository-upload-", 0).daemon().factory());
        this.packBytes = settings.packBytes();
        this.maxBuffers = settings.uploads() + 1;
    }

    /// Encodes content that has the hash `id` and puts it into a pack. When it returns, the content was
    /// copied; it is durable after [#drain].
    void append(EntryKind kind, ContentHash id, ByteBuffer content) throws IOException {
        Workspace workspace = codec.borrow();
        try {
            boolean compressed = workspace.compress(content);
            boolean encrypted = codec.keys().encrypted();
            int packed = workspace.packedLength();
            int stored = encrypted ? SegmentCipher.sealedLength(packed) : packed;
            PackBuilder.Place place = reserve(stored);
            write(
                    place,
                    new EntryHeader(kind, compressed, place.ordinal(), content.remaining(), stored, 0, id),
                    workspace);
        } finally {
            codec.giveBack(workspace);
        }
    }

    /// Fills a place; if that fails, for whatever reason, the pack is given up, so that nobody waits for
    /// it.
    private void write(PackBuilder.Place place, EntryHeader header, Workspace workspace) {
        EntryHeader sealed = header;
        boolean done = false;
        try {
            ByteBuffer bytes = workspace.stored(header, place.pack().key(), codec.repository());
            sealed = header.sealed(bytes);
            place.pack().write(place, sealed, bytes);
            done = true;
        } finally {
            if (!done) {
                fail(new IOException("entry %s could not be encoded".formatted(header.id())));
            }
            written(place, sealed);
        }
    }

    private PackBuilder.Place reserve(int storedLength) throws IOException {
        lock.lock();
        try {
            while (true) {
                checkFailure();
                if (current == null) {
                    open();
                } else if (current.hasRoom(storedLength)) {
                    PackBuilder.Place place = current.reserve(storedLength);
                    if (current.isHalfFull()) {
                        askForMemory();
                    }
                    return place;
                } else {
                    sealCurrent();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes one step towards a pack that can be filled: begins it, makes memory for it, or waits for a change if all
    /// buffers are taken or one is being made. Another thread may have begun one meanwhile.
    private void open() {
        if (!free.isEmpty()) {
            current = new PackBuilder(free.poll(), repository, codec.keys());
        } else if (lacksBuffer()) {
            makeBuffer();
        } else {
            changed.awaitUninterruptibly();
        }
    }

    /// True if one may be made, and is needed for the next pack.
    private boolean lacksBuffer() {
        return free.isEmpty() && allocated < maxBuffers && !making;
    }

    /// Has memory made for the next pack, if none is free. Making it takes longer than filling a tenth of it, for the
    /// JDK clears it; nobody should have to wait for that. Does not wait.
    void prepare() {
        lock.lock();
        try {
            askForMemory();
        } finally {
            lock.unlock();
        }
    }

    private void askForMemory() {
        if (lacksBuffer() && !asked && failure == null) {
            asked = true;
            uploads.execute(this::makeMemory);
        }
    }

    private void makeMemory() {
        lock.lock();
        try {
            asked = false;
            if (lacksBuffer()) {
                makeBuffer();
            }
        } catch (OutOfMemoryError _) {
            return; // who needs it tries again, and is told
        } finally {
            lock.unlock();
        }
    }

    /// Lets go of the lock meanwhile.
    private void makeBuffer() {
        making = true;
        allocated++;
        lock.unlock();
        ByteBuffer made = null;
        try {
            made = UncachedWrites.memory(packBytes);
        } finally {
            lock.lock();
            making = false;
            if (made == null) {
                allocated--;
            } else {
                free.add(made);
            }
            changed.signalAll();
        }
    }

    private void sealCurrent() {
        PackBuilder full = current;
        current = null;
        unstored++;
        if (full.isComplete()) {
            uploads.execute(() -> store(full));
        } else {
            waiting.add(full);
        }
    }

    private void written(PackBuilder.Place place, EntryHeader entry) {
        lock.lock();
        try {
            PackBuilder pack = place.pack();
            pack.written(place, entry);
            if (pack.isComplete() && waiting.remove(pack)) {
                uploads.execute(() -> store(pack));
            }
        } finally {
            lock.unlock();
        }
    }

    private void store(PackBuilder pack) {
        IOException problem = null;
        try {
            if (!failed()) {
                PackBuilder.Sealed sealed = pack.seal();
                storage.putIfAbsent(PackDirectory.name(sealed.directory().pack()), sealed.bytes());
                listener.durable(sealed.directory());
            }
        } catch (IOException e) {
            problem = e;
        } catch (RuntimeException | Error e) {
            problem = new IOException("a pack could not be stored", e);
        }
        stored(pack, problem);
    }

    private void stored(PackBuilder pack, IOException problem) {
        lock.lock();
        try {
            failure = failure == null ? problem : failure;
            free.add(pack.buffer());
            unstored--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean failed() {
        lock.lock();
        try {
            return failure != null;
        } finally {
            lock.unlock();
        }
    }

    /// Stores what is in memory and waits until all of it is durable. No [#append] may run at the same
    /// time.
    void drain() throws IOException {
        lock.lock();
        try {
            if (current != null && !current.isEmpty() && failure == null) {
                sealCurrent();
            }
            while (unstored > 0) {
                changed.awaitUninterruptibly();
            }
            checkFailure();
        } finally {
            lock.unlock();
        }
    }

    // The cause is kept; the message says what failed, for the caller whose own call was fine.
    private void checkFailure() throws IOException {
        if (failure != null) {
            throw new IOException("storing a pack failed earlier: " + failure.getMessage(), failure);
        }
    }

    /// Makes every later call fail with `cause`.
    void fail(IOException cause) {
        lock.lock();
        try {
            failure = failure == null ? cause : failure;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the packs that are being stored, drops the one that is being filled. Idempotent.
    @Override
    public void close() {
        fail(new IOException("the session was closed"));
        uploads.shutdown();
        boolean interrupted = false;
        while (!uploads.isTerminated()) {
            try {
                uploads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
