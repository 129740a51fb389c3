package org.virtkeep.repository;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/// Writes a file that does not exist yet, and forces its bytes to the disk. What is long and lies at the
/// start of a page of direct memory, as packs do, goes past the page cache where the file system can do
/// that ([UncachedWrites]); the last part of a block never does. Stateless.
final class NewFile {
    /// Below this, waiting for the disk costs more than copying.
    private static final int MIN_DIRECT_BYTES = 1 << 20;

    /// One write call: the JDK copies heap buffers through a native buffer of the same size.
    private static final int STEP_BYTES = 1 << 20;

    private NewFile() {}

    /// Does not move the buffer.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if there is such a file
    static void write(Path file, ByteBuffer content) throws IOException {
        try (var out = FileChannel.open(file, CREATE_NEW, WRITE)) {
            int uncached = isLongAndAligned(content) ? writeUncached(file, content) : 0;
            for (int done = uncached; done < content.remaining(); ) {
                int length = Math.min(STEP_BYTES, content.remaining() - done);
                done += out.write(content.slice(content.position() + done, length), done);
            }
            out.force(true);
        }
    }

    private static boolean isLongAndAligned(ByteBuffer content) {
        return content.isDirect()
                && content.remaining() >= MIN_DIRECT_BYTES
                && content.alignmentOffset(content.position(), UncachedWrites.ALIGNMENT) == 0;
    }

    /// @return how many bytes were written: all whole blocks, or none, and then it is to be tried in the
    ///     usual way
    private static int writeUncached(Path file, ByteBuffer content) throws IOException {
        int length = content.remaining() - content.remaining() % UncachedWrites.ALIGNMENT;
        ByteBuffer rest = content.slice(content.position(), length);
        Optional<FileChannel> opened = UncachedWrites.open(file);
        if (opened.isEmpty()) {
            return 0;
        }
        try (FileChannel out = opened.get()) {
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            return length;
        } catch (IOException _) {
            return 0;
        }
    }
}
