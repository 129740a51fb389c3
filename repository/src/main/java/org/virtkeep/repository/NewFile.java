package org.virtkeep.repository;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes a file that does not exist yet, and forces its bytes to the disk.
///
/// What is long and lies at the start of a page of direct memory, as packs do, is written past the page
/// cache (`O_DIRECT`): it will hardly be read again soon, copying it there costs more than anything else in
/// writing it, and on a host of virtual machines it would push out what guests need. The last part of a
/// block, and everything where the file system has no such writes, goes through the page cache. Stateless.
final class NewFile {
    /// Memory that begins at a multiple of this can be written directly to all usual disks.
    static final int ALIGNMENT = 4096;

    /// Below this, waiting for the disk costs more than copying.
    private static final int MIN_DIRECT_BYTES = 1 << 20;

    /// One write call: the JDK copies heap buffers through a native buffer of the same size.
    private static final int STEP_BYTES = 1 << 20;

    /// `com.sun.nio.file.ExtendedOpenOption.DIRECT`, by name: not every JDK has it.
    private static final Optional<OpenOption> DIRECT = findDirect();

    private NewFile() {}

    private static Optional<OpenOption> findDirect() {
        try {
            Object[] options =
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Stream.of(options)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException _) {
            return Optional.empty();
        }
    }

    /// Direct memory of `bytes` bytes that can be written past the page cache.
    static ByteBuffer memory(int bytes) {
        return ByteBuffer.allocateDirect(bytes + ALIGNMENT)
                .alignedSlice(ALIGNMENT)
                .slice(0, bytes);
    }

    /// Does not move the buffer.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if there is such a file
    static void write(Path file, ByteBuffer content) throws IOException {
        try (var out = FileChannel.open(file, CREATE_NEW, WRITE)) {
            int direct = isLongAndAligned(content) ? writeDirectly(file, content) : 0;
            for (int done = direct; done < content.remaining(); ) {
                int length = Math.min(STEP_BYTES, content.remaining() - done);
                done += out.write(content.slice(content.position() + done, length), done);
            }
            out.force(true);
        }
    }

    private static boolean isLongAndAligned(ByteBuffer content) {
        return DIRECT.isPresent()
                && content.isDirect()
                && content.remaining() >= MIN_DIRECT_BYTES
                && content.alignmentOffset(content.position(), ALIGNMENT) == 0;
    }

    /// @return how many bytes were written: all whole blocks, or none
    private static int writeDirectly(Path file, ByteBuffer content) throws IOException {
        int length = content.remaining() - content.remaining() % ALIGNMENT;
        ByteBuffer rest = content.slice(content.position(), length);
        try (var out = FileChannel.open(file, WRITE, DIRECT.orElseThrow())) {
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            return length;
        } catch (UnsupportedOperationException | FileSystemException _) {
            return 0; // the file system has none
        }
    }
}
