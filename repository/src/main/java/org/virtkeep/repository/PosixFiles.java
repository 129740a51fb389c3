package org.virtkeep.repository;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// A folder of the local file system. Thread-safe; keeps no file open between calls, so that an
/// interrupted thread harms no other.
record PosixFiles(Path root) implements FileAccess {

    /// A staged file lives for seconds; a day is beyond any put, also with clocks of several hosts.
    private static final Duration STALE = Duration.ofDays(1);

    private Path at(String path) {
        return root.resolve(path);
    }

    @Override
    public boolean createFolder(String path) throws IOException {
        try {
            Files.createDirectory(at(path));
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(at(path))) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void writeForced(String path, ByteBuffer content) throws IOException {
        NewFile.write(at(path), content);
    }

    @Override
    public boolean link(String existing, String path) throws IOException {
        try {
            Files.createLink(at(path), at(existing));
            return true;
        } catch (FileAlreadyExistsException _) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException _) { // told in both ways
            return renameUnlessTaken(existing, path);
        }
    }

    /// For file systems without hard links. Two puts at the same moment may both succeed, the second
    /// replacing the first; the names of a repository are unique or stand for their content, so that it
    /// does not matter.
    private boolean renameUnlessTaken(String existing, String path) throws IOException {
        if (Files.exists(at(path))) {
            return false;
        }
        Files.move(at(existing), at(path), StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    @Override
    public void forceFolder(String path) throws IOException {
        try (var folder = FileChannel.open(at(path), READ)) {
            folder.force(true);
        }
    }

    @Override
    public boolean remove(String path) throws IOException {
        return Files.deleteIfExists(at(path));
    }

    @Override
    public void read(String path, long offset, ByteBuffer into) throws IOException {
        try (var in = FileChannel.open(at(path), READ)) {
            long from = offset;
            while (into.hasRemaining()) {
                int count = in.read(into, from);
                if (count < 0) {
                    return;
                }
                from += count;
            }
        }
    }

    @Override
    public OptionalLong size(String path) throws IOException {
        try {
            var attributes = Files.readAttributes(at(path), BasicFileAttributes.class);
            return attributes.isRegularFile() ? OptionalLong.of(attributes.size()) : OptionalLong.empty();
        } catch (NoSuchFileException _) {
            return OptionalLong.empty();
        }
    }

    @Override
    public List<Entry> list(String path) throws IOException {
        var entries = new ArrayList<Entry>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(at(path))) {
            for (Path file : folder) {
                entry(file, entries);
            }
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        }
        return entries;
    }

    /// A file that is deleted while its folder is read is left out.
    private static void entry(Path file, List<Entry> entries) throws IOException {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            String name = file.getFileName().toString();
            entries.add(new Entry(name, attributes.isDirectory(), attributes.isDirectory() ? 0 : attributes.size()));
        } catch (NoSuchFileException _) {
            return;
        }
    }

    @Override
    public boolean isStale(String path) throws IOException {
        try {
            Instant written = Files.getLastModifiedTime(at(path)).toInstant();
            return written.isBefore(Instant.now().minus(STALE));
        } catch (NoSuchFileException _) {
            return false;
        }
    }
}
