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
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// A file that has the name `NAME.partial` until it is whole. What a process that died has left is
/// written over, unless it lives still. Confined to one thread.
final class PartialFile implements AutoCloseable {
    private final Path file;
    private final Path partial;
    private final boolean replace;
    private final FileChannel channel;

    private PartialFile(Path file, Path partial, boolean replace, FileChannel channel) {
        this.file = file;
        this.partial = partial;
        this.replace = replace;
        this.channel = channel;
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
        return new PartialFile(file, partial, replace, channel);
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

    void write(long offset, ByteBuffer bytes) throws IOException {
        for (long at = offset; bytes.hasRemaining(); ) {
            at += channel.write(bytes, at);
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
    }
}
