package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.file.Path;

/// The changes that a root makes to its file system, one method per step that can fail.
///
/// Production code uses [#real()]; tests wrap it to make the n-th step fail.
public interface FileOperations {

    /// Creates `file`, or empties it, and writes `content`. Not durable before [#force].
    void write(Path file, byte[] content) throws IOException;

    /// Cuts `file` (created if missing) to `position` bytes and writes `content` there. Not durable before
    /// [#force].
    void append(Path file, long position, byte[] content) throws IOException;

    /// Creates an empty file that only its owner may read and write.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if something has that name
    void create(Path file) throws IOException;

    /// Makes an existing file `bytes` long; what is added reads as zeroes.
    void setLength(Path file, long bytes) throws IOException;

    /// Makes the content of a file, or the names in a directory, durable (`fsync`).
    void force(Path fileOrDirectory) throws IOException;

    /// Renames `from` to `to`, replacing what has that name, in one step.
    void move(Path from, Path to) throws IOException;

    /// @return false if there was no such file
    boolean delete(Path file) throws IOException;

    /// Creates a directory that only its owner may enter, unless it exists.
    void createDirectory(Path directory) throws IOException;

    /// The real file system.
    static FileOperations real() {
        return LocalFiles.INSTANCE;
    }
}
