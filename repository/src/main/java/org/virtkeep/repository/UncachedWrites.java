package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;

/// Writing past the page cache (`O_DIRECT`), for much data that will hardly be read again soon, as packs and
/// restored images are: copying it into the cache costs more than anything else in writing it, and on a
/// host of virtual machines it would push out what guests need. Stateless.
public final class UncachedWrites {

    /// What offsets, lengths and addresses in memory must be multiples of: the largest block of usual
    /// disks, in bytes.
    public static final int ALIGNMENT = 4096;

    /// `com.sun.nio.file.ExtendedOpenOption.DIRECT`, by name: not every JDK has it.
    private static final Optional<OpenOption> DIRECT = findDirect();

    private UncachedWrites() {}

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

    /// Direct memory of `bytes` bytes that begins where it must. From memory of the heap it works too, but the JDK
    /// then takes and clears new memory for each write.
    public static ByteBuffer memory(int bytes) {
        return ByteBuffer.allocateDirect(bytes + ALIGNMENT)
                .alignedSlice(ALIGNMENT)
                .slice(0, bytes);
    }

    /// Opens an existing file. A write that its disk does not take in this way fails, and may be done again
    /// through the page cache; the two may be mixed in different blocks of a file.
    ///
    /// @return empty where the file system has no such writes
    public static Optional<FileChannel> open(Path file) throws IOException {
        if (DIRECT.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(FileChannel.open(file, StandardOpenOption.WRITE, DIRECT.get()));
        } catch (UnsupportedOperationException | FileSystemException _) {
            return Optional.empty();
        }
    }
}
