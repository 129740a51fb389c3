package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/// The few file system calls of [LocalStorage], below one folder. It exists so that tests can put a file
/// system in its place that forgets what was not forced, as a power cut does. Paths are relative, with `/`.
interface FileAccess {

    /// A file or folder in a listing. The size of a folder is 0.
    record Entry(String name, boolean folder, long sizeBytes) {}

    /// Creates one folder; its parent exists. No error if it is there already.
    ///
    /// @return true if this call created it
    boolean createFolder(String path) throws IOException;

    /// Creates a new file with `content` and forces its bytes (not its name) to the disk. Does not move
    /// the buffer.
    void writeForced(String path, ByteBuffer content) throws IOException;

    /// Gives the file `existing` a second name, atomically, unless that name is taken.
    ///
    /// @return false if the name is taken
    boolean link(String existing, String path) throws IOException;

    /// Forces the names in a folder to the disk.
    void forceFolder(String path) throws IOException;

    /// @return false if there was no such file
    boolean remove(String path) throws IOException;

    /// Fills `into` from `offset` until it is full or the file ends.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is no such file
    void read(String path, long offset, ByteBuffer into) throws IOException;

    OptionalLong size(String path) throws IOException;

    /// What is in a folder; empty if there is no such folder.
    List<Entry> list(String path) throws IOException;

    /// Whether the file was last written longer ago than any put can last.
    boolean isStale(String path) throws IOException;
}
