package org.virtkeep.nbd;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The file behind an [OverlayImage]: a header, a byte for each block that tells its state, and the blocks, each at a
/// place of its own. `docs/formats/overlay.md` has the layout and why a crash does no harm. Thread-safe.
final class OverlayFile implements AutoCloseable {
    static final int BLOCK_BYTES = 64 << 10;

    /// As in the base, in this file, or zeros.
    static final byte BASE = 0;

    static final byte DATA = 1;
    static final byte ZERO = 2;

    /// States are written in pages of this size.
    private static final int PAGE_BYTES = 4096;

    private static final VarHandle STATES = MethodHandles.arrayElementVarHandle(byte[].class);

    private final FileChannel channel;
    private final OverlayHeader header;
    private final byte[] states;
    private final ReentrantLock flushing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final BitSet dirty = new BitSet();

    private OverlayFile(FileChannel channel, OverlayHeader header, byte[] states) {
        this.channel = channel;
        this.header = header;
        this.states = states;
    }

    static OverlayFile open(Path path, byte[] identity, long sizeBytes) throws IOException {
        var channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            lock(channel, path);
            OverlayHeader wanted = OverlayHeader.of(identity, sizeBytes);
            wanted.createOrCheck(channel, path);
            return new OverlayFile(channel, wanted, readStates(channel, wanted, path));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(FileChannel channel, Path path) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException _) {
            throw new OverlayException("overlay '%s' is in use by this process".formatted(path));
        }
        throw new OverlayException("overlay '%s' is in use by another process".formatted(path));
    }

    /// What lies beyond the end of the file was never written: those blocks are as in the base.
    private static byte[] readStates(FileChannel channel, OverlayHeader header, Path path) throws IOException {
        var states = new byte[Math.toIntExact(header.blocks())];
        ByteBuffer into = ByteBuffer.wrap(states);
        while (into.hasRemaining() && channel.read(into, OverlayHeader.BYTES + into.position()) > 0) {
            continue;
        }
        for (byte state : states) {
            if (state < BASE || state > ZERO) {
                throw new OverlayException("overlay '%s' is damaged: a block has state %d".formatted(path, state));
            }
        }
        return states;
    }

    byte state(long block) {
        return (byte) STATES.getAcquire(states, (int) block);
    }

    /// To be called after the block's data was written.
    void setState(long block, byte state) {
        if (state(block) == state) {
            return;
        }
        lock.lock();
        try {
            STATES.setRelease(states, (int) block, state);
            dirty.set((int) block / PAGE_BYTES);
        } finally {
            lock.unlock();
        }
    }

    void read(long offset, ByteBuffer into) throws IOException {
        for (long at = header.dataOffset() + offset; into.hasRemaining(); ) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw new IOException("the overlay file is shorter than it should be; it was cut");
            }
            at += count;
        }
    }

    void write(long offset, ByteBuffer from) throws IOException {
        for (long at = header.dataOffset() + offset; from.hasRemaining(); ) {
            at += channel.write(from, at);
        }
    }

    /// Data first, then the states that tell of them; each durable before the next.
    void flush() throws IOException {
        flushing.lock();
        try {
            Map<Integer, byte[]> pages = takeDirty();
            boolean done = false;
            try {
                channel.force(false);
                if (!pages.isEmpty()) {
                    writePages(pages);
                    channel.force(false);
                }
                done = true;
            } finally {
                if (!done) {
                    putBack(pages.keySet());
                }
            }
        } finally {
            flushing.unlock();
        }
    }

    /// The states as they are before the data are forced: those that change later tell of data that are not.
    private Map<Integer, byte[]> takeDirty() {
        lock.lock();
        try {
            Map<Integer, byte[]> pages = new HashMap<>();
            dirty.stream().forEach(page -> {
                int from = page * PAGE_BYTES;
                pages.put(page, Arrays.copyOfRange(states, from, Math.min(states.length, from + PAGE_BYTES)));
            });
            dirty.clear();
            return pages;
        } finally {
            lock.unlock();
        }
    }

    private void putBack(Set<Integer> pages) {
        lock.lock();
        try {
            pages.forEach(dirty::set);
        } finally {
            lock.unlock();
        }
    }

    private void writePages(Map<Integer, byte[]> pages) throws IOException {
        for (var page : pages.entrySet()) {
            ByteBuffer from = ByteBuffer.wrap(page.getValue());
            long at = OverlayHeader.BYTES + (long) page.getKey() * PAGE_BYTES;
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        }
    }

    /// Gives the lock back, too. Flushes nothing.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
