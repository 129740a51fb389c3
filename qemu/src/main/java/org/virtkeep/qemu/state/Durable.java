package org.virtkeep.qemu.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Changes files so that a crash or a power cut at any moment leaves the old content or the new, never a part
/// and never a report of what did not last. Immutable and thread-safe; two writers of one file must exclude
/// each other, because the staged file has one name per target.
public final class Durable {
    /// More than any state file needs; larger ones were not written by us.
    private static final long MAX_BYTES = 64L << 20;

    private final FileOperations files;

    public Durable(FileOperations files) {
        this.files = Objects.requireNonNull(files, "files is null");
    }

    /// Makes `content` appear at `target` whole or not at all. After a failure the old content is there, or,
    /// if only the last step failed, the new one; both are whole.
    public void replace(Path target, byte[] content) throws IOException {
        stage(target, content);
        replaceStaged(target);
    }

    /// As [#replace(Path, byte[])], but after a crash of the host the old content may be there again. For a step
    /// on the way to another one beside it, which is made to last.
    public void replaceForNow(Path target, byte[] content) throws IOException {
        stage(target, content);
        moveStaged(target);
    }

    /// As [#replace(Path, byte[])], but without forcing it to disk. It survives the death of every process; if the
    /// host crashes, the file may be the old one, be missing, or hold nothing. For what describes a process,
    /// since none outlives its host.
    public void swap(Path target, byte[] content) throws IOException {
        stage(target, content, false);
        moveStaged(target);
    }

    /// Does the first half of [#replace(Path, byte[])], for [#replaceStaged]: nobody sees the content
    /// yet.
    public void stage(Path target, byte[] content) throws IOException {
        stage(target, content, true); // the bytes, before the name
    }

    private void stage(Path target, byte[] content, boolean whole) throws IOException {
        Path staged = staged(target);
        try {
            files.write(staged, content);
            if (whole) {
                files.force(staged);
            }
        } catch (IOException e) {
            discard(staged, e);
            throw e;
        }
    }

    /// Makes what was staged appear at `target`, durably.
    public void replaceStaged(Path target) throws IOException {
        moveStaged(target);
        files.force(target.getParent()); // the name, before we report success
    }

    /// Makes what was staged appear at `target`; after a crash of the host the old content may be there again.
    public void showStaged(Path target) throws IOException {
        moveStaged(target);
    }

    private void moveStaged(Path target) throws IOException {
        Path staged = staged(target);
        try {
            files.move(staged, target);
        } catch (IOException e) {
            discard(staged, e);
            throw e;
        }
    }

    /// Forgets what was staged; no error if nothing was.
    public void discardStaged(Path target) throws IOException {
        files.delete(staged(target));
    }

    private static Path staged(Path target) {
        return target.resolveSibling("." + target.getFileName() + ".new");
    }

    public void swap(Path target, String content) throws IOException {
        swap(target, content.getBytes(StandardCharsets.UTF_8));
    }

    public void swapJson(Path target, JsonNode content) throws IOException {
        swap(target, Json.bytes(content));
    }

    /// Deletes files of one directory for good, with one write to disk; no error about those that are gone already.
    public void deleteAll(Path directory, List<Path> gone) throws IOException {
        boolean existed = false;
        for (Path file : gone) {
            existed |= files.delete(file);
        }
        if (existed) {
            files.force(directory);
        }
    }

    /// Deletes a file whose coming back after a crash of the host does no harm; no error if it is gone already.
    public void discard(Path file) throws IOException {
        files.delete(file);
    }

    /// Deletes what writers that died half-way have left in a directory. Nobody may be writing there.
    void clearStaged(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, Durable::isStaged)) {
                for (Path staged : left) {
                    files.delete(staged);
                }
            }
        }
    }

    private static boolean isStaged(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") && name.endsWith(".new");
    }

    private void discard(Path staged, IOException failure) {
        try {
            files.delete(staged);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    public void replace(Path target, String content) throws IOException {
        replace(target, content.getBytes(StandardCharsets.UTF_8));
    }

    public void replaceJson(Path target, JsonNode content) throws IOException {
        replace(target, Json.bytes(content));
    }

    /// Creates an empty file for its owner alone. Its name need not last: it is known from elsewhere that the
    /// file may exist.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if something has that name
    public void create(Path file) throws IOException {
        files.create(file);
    }

    /// Fills a file that was created empty, and whose content need not last.
    public void fill(Path file, byte[] content) throws IOException {
        files.write(file, content);
    }

    /// Makes the content of a file last that was written by [#swap(Path, byte[])]; its name does when another one
    /// beside it does. No error if there is none.
    public void forceContent(Path file) throws IOException {
        if (Files.exists(file)) {
            files.force(file);
        }
    }

    /// Makes the name of a file last that somebody else has made or filled.
    public void forceName(Path file) throws IOException {
        files.force(file.getParent());
    }

    /// Makes an existing file `bytes` long.
    public void setLength(Path file, long bytes) throws IOException {
        files.setLength(file, bytes);
    }

    /// Deletes a file for good; no error if it is gone already.
    ///
    /// @return false if there was none
    public boolean delete(Path file) throws IOException {
        boolean existed = files.delete(file);
        if (existed) {
            files.force(file.getParent());
        }
        return existed;
    }

    /// Deletes a directory with all that is in it; symbolic links in it are deleted, not followed. No error
    /// if it is gone already.
    public void deleteTree(Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            deleteWhole(directory);
            files.force(directory.getParent());
        }
    }

    /// As [#deleteTree], but after a crash of the host some of it may be there again. Somebody else may be
    /// deleting it, too.
    void discardTree(Path directory) throws IOException {
        try {
            deleteWhole(directory);
        } catch (NoSuchFileException e) {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /// Gives a directory another name beside its own, for good; no error if there is none.
    void moveAway(Path directory, Path to) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            files.move(directory, to);
            files.force(to.getParent());
        }
    }

    /// Deletes all that is in a directory, as [#deleteTree] does, but not the directory itself.
    public void clear(Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            deleteContents(directory);
        }
    }

    private void deleteContents(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                deleteWhole(entry);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /// Most directories are empty: they need not be listed.
    private void deleteWhole(Path path) throws IOException {
        try {
            files.delete(path);
        } catch (DirectoryNotEmptyException _) {
            deleteContents(path);
            files.delete(path);
        }
    }

    /// Creates a directory for its owner alone, unless it exists. Its parent must exist.
    public void createDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            files.createDirectory(directory);
            files.force(directory.getParent());
        }
    }

    /// Cuts a file to `position` and writes there. After a failure the file may hold a part of `content` behind
    /// `position`.
    ///
    /// @param written is called when every process can read it, before it is forced to disk
    /// @param force false to leave that to the caller
    void append(Path file, long position, byte[] content, Runnable written, boolean force) throws IOException {
        boolean isNew = force && !Files.exists(file);
        files.append(file, position, content);
        written.run();
        if (!force) {
            return;
        }
        files.force(file);
        if (isNew) {
            files.force(file.getParent());
        }
    }

    /// Creates directories for their owner alone, as far as they are missing. Their names last when a file is
    /// replaced beside them, or with [#forceName].
    void createDirectories(List<Path> directories) throws IOException {
        for (Path directory : directories) {
            if (!Files.isDirectory(directory)) {
                files.createDirectory(directory);
            }
        }
    }

    /// The names in a directory, in any order; none if there is no directory.
    public static List<String> names(Path directory) throws IOException {
        if (!Files.exists(directory)) { // as is most often the case where it may be missing: exceptions are slow
            return List.of();
        }
        var names = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /// Of the records in a directory, one in each file, the names of their files without `suffix`. What is staged,
    /// and so begins with a dot, is none yet.
    public static List<String> records(Path directory, String suffix) throws IOException {
        return names(directory).stream()
                .filter(name -> !name.startsWith(".") && name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .toList();
    }

    /// The content of a file; empty if there is none.
    ///
    /// @throws IOException also if it is larger than any state file can be
    public static Optional<byte[]> read(Path file) throws IOException {
        try {
            if (!Files.exists(file)) { // as is most often the case where it may be missing: exceptions are slow
                return Optional.empty();
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("'%s' is larger than %d bytes".formatted(file, MAX_BYTES));
            }
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException | NotDirectoryException _) {
            return Optional.empty();
        }
    }

    public static Optional<String> readText(Path file) throws IOException {
        return read(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /// @throws IOException also if it is not JSON
    public static Optional<JsonNode> readJson(Path file) throws IOException {
        Optional<byte[]> content = read(file);
        return content.isEmpty() ? Optional.empty() : Optional.of(Json.parse(file.toString(), content.get()));
    }

    /// The JSON in a file that was replaced without being forced to disk; empty if there is none, or if a crash of
    /// the host has left what is no JSON.
    ///
    /// @throws IOException if it cannot be read
    public static Optional<JsonNode> readWholeJson(Path file) throws IOException {
        Optional<byte[]> content = read(file);
        try {
            return content.isEmpty() ? Optional.empty() : Optional.of(Json.parse(file.toString(), content.get()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Turns a failure of the file system into an error for the user: SYSTEM_ERROR, `what` such as
    /// `write the domain's definition`.
    public static VirtException failure(String what, Path path, IOException cause) {
        return VirtException.qemu(
                ErrorCode.SYSTEM_ERROR, "cannot %s '%s': %s".formatted(what, path, reason(path, cause)), cause);
    }

    private static String reason(Path path, IOException cause) {
        String type = cause.getClass().getSimpleName();
        String message = Optional.ofNullable(cause.getMessage()).orElse(type);
        if (message.equals(path.toString()) && type.endsWith("Exception")) {
            return type.substring(0, type.length() - "Exception".length())
                    .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                    .toLowerCase(java.util.Locale.ROOT);
        }
        return message;
    }
}
