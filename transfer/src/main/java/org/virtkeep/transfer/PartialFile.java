package org.virtkeep.transfer;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.UncachedWrites;

/// A file that has the name `NAME.partial` until it is whole. What a process that died has left is
/// written over, unless it lives still. Confined to one thread.
final class PartialFile implements AutoCloseable {
    /// Below this, waiting for the disk costs more than copying.
    private static final int MIN_UNCACHED_BYTES = 64 << 10;

    /// As much as a restore writes at once.
    private static final int STAGING_BYTES = 2 << 20;

    private final Path file;
    private final Path partial;
    private final boolean replace;
    private final FileChannel channel;
    private final Optional<FileChannel> uncached; // to be closed last: closing it drops the lock
    private final ByteBuffer staging = UncachedWrites.memory(STAGING_BYTES);
    private boolean cachedOnly;

    private PartialFile(Path file, Path partial, boolean replace, FileChannel channel, Optional<FileChannel> uncached) {
        this.file = file;
        this.partial = partial;
        this.replace = replace;
        this.channel = channel;
        this.uncached = uncached;
    }

    /// @param replace a file that exists is replaced in the end
    /// @throws FileAlreadyExistsException if there is one and it must not be replaced
    /// @throws VirtException RESOURCE_BUSY if another process writes it
    static PartialFile create(Path file, boolean replace) throws IOException {
        requireFree(file, replace);
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        FileChannel channel = FileChannel.open(partial, CREATE, WRITE);
        if (!isOurs(channel)) {
            channel.close();
            throw new VirtException(
                    ErrorCode.RESOURCE_BUSY,
                    ErrorDomain.STORAGE,
                    "'%s' is being written by another process".formatted(partial));
        }
        channel.truncate(0);
        return new PartialFile(file, partial, replace, channel, UncachedWrites.open(partial));
    }

    private static void requireFree(Path file, boolean replace) throws IOException {
        if (!replace && Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
    }

    /// The lock is held until the channel is closed.
    private static boolean isOurs(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    /// Much at a time goes past the page cache, where the file system can do that.
    void write(long offset, ByteBuffer bytes) throws IOException {
        int done = writeUncached(offset, bytes);
        for (long at = offset + done; bytes.hasRemaining(); ) {
            at += channel.write(bytes, at);
        }
    }

    /// @return how many bytes were written
    private int writeUncached(long offset, ByteBuffer bytes) throws IOException {
        int whole = bytes.remaining() - bytes.remaining() % UncachedWrites.ALIGNMENT;
        if (uncached.isEmpty() || cachedOnly || whole < MIN_UNCACHED_BYTES || offset % UncachedWrites.ALIGNMENT != 0) {
            return 0;
        }
        try {
            for (int done = 0; done < whole; ) {
                int length = Math.min(whole - done, staging.capacity());
                staging.clear()
                        .put(bytes.slice(bytes.position() + done, length))
                        .flip();
                while (staging.hasRemaining()) {
                    done += uncached.get().write(staging, offset + done);
                }
            }
            bytes.position(bytes.position() + whole);
            return whole;
        } catch (IOException _) { // not on this disk; if it is a real failure, the usual way meets it too
            cachedOnly = true;
            return 0;
        }
    }

    /// Makes the file this long; what was not written reads as zeros and takes no space.
    void setLength(long bytes) throws IOException {
        if (channel.size() < bytes) {
            write(bytes - 1, ByteBuffer.allocate(1));
        }
    }

    /// Forces the content to disk, and gives it its name.
    void finish() throws IOException {
        channel.force(true);
        requireFree(file, replace);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent(), READ)) {
            folder.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (uncached.isPresent()) {
            uncached.get().close();
        }
    }
}
