package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Objects as files below a local folder.
///
/// A put writes and forces a file in `staging/`, links it to its name, and forces the folder of that name
/// (and of every folder it had to create). Nothing is ever written in place. Thread-safe, between
/// processes too.
public final class LocalStorage implements Storage {
    private static final String STAGING = "staging";
    private static final String RESERVE = STAGING + "/reserve";

    /// Enough for a lease and to condemn 16,000 packs, half a tebibyte.
    private static final int RESERVE_BYTES = 1 << 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

    private final FileAccess files;
    private final String place;

    /// Folders that this process has seen, so that a put need not create them. Thread-safe.
    private final Set<String> knownFolders = ConcurrentHashMap.newKeySet();

    LocalStorage(FileAccess files, String place) {
        this.files = files;
        this.place = place;
    }

    /// Uses an existing folder.
    ///
    /// @throws RepositoryException.Missing if there is no such folder
    public static LocalStorage open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new RepositoryException.Missing(
                    "there is no folder '%s'; create a repository in it with 'repo init'".formatted(folder));
        }
        return new LocalStorage(new PosixFiles(folder), folder.toString());
    }

    /// Creates the folder and its parents where needed.
    public static LocalStorage create(Path folder) throws IOException {
        Files.createDirectories(folder);
        return open(folder);
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer content) throws IOException {
        checkName(name);
        if (content.remaining() > MAX_OBJECT_BYTES) {
            throw new IllegalArgumentException("'%s' would have %d bytes".formatted(name, content.remaining()));
        }
        String folder = folderOf(name);
        createFolders(folder);
        boolean created = files.size(name).isEmpty() && stageAndLink(name, content);
        files.forceFolder(folder); // also for an object that another process linked: it may not have come so far
        return created;
    }

    private boolean stageAndLink(String name, ByteBuffer content) throws IOException {
        createFolders(STAGING);
        String staged = STAGING + "/" + UUID.randomUUID();
        try {
            files.writeForced(staged, content);
            return files.link(staged, name);
        } finally {
            files.remove(staged);
        }
    }

    /// What is beside a folder was there before its parent was forced, and need not be forced for its own sake.
    private void createFolders(String folder) throws IOException {
        if (folder.isEmpty() || knownFolders.contains(folder)) {
            return;
        }
        String parent = folderOf(folder);
        createFolders(parent);
        files.createFolder(folder);
        String prefix = parent.isEmpty() ? "" : parent + "/";
        List<String> there = files.list(parent).stream()
                .filter(FileAccess.Entry::folder)
                .map(entry -> prefix + entry.name())
                .toList();
        files.forceFolder(parent); // also when another process made it: it may not have come so far
        knownFolders.add(folder);
        knownFolders.addAll(there);
    }

    @Override
    public void read(String name, long offset, ByteBuffer into) throws IOException {
        checkName(name);
        long wanted = offset + into.remaining();
        try {
            files.read(name, offset, into);
        } catch (NoSuchFileException e) {
            throw new RepositoryException.Missing("there is no '%s' in %s".formatted(name, place));
        }
        if (into.hasRemaining()) {
            throw new RepositoryException.Corrupt("'%s' in %s is shorter than %d bytes".formatted(name, place, wanted));
        }
    }

    @Override
    public OptionalLong size(String name) throws IOException {
        checkName(name);
        return files.size(name);
    }

    @Override
    public void list(String folder, Consumer<StoredObject> visitor) throws IOException {
        String path = folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1);
        for (FileAccess.Entry entry : files.list(path)) {
            String name = folder + entry.name();
            if (!entry.folder()) {
                visitor.accept(new StoredObject(name, entry.sizeBytes()));
            } else if (!name.equals(STAGING)) {
                list(name + "/", visitor);
            }
        }
    }

    @Override
    public void delete(Collection<String> names) throws IOException {
        var folders = new LinkedHashSet<String>();
        for (String name : names) {
            checkName(name);
            if (files.remove(name)) {
                folders.add(folderOf(name));
            }
        }
        for (String folder : folders) {
            files.forceFolder(folder);
        }
    }

    @Override
    public long removeLeftovers() throws IOException {
        long freed = 0;
        for (FileAccess.Entry entry : files.list(STAGING)) {
            String path = STAGING + "/" + entry.name();
            if (!path.equals(RESERVE) && files.isStale(path) && files.remove(path)) {
                freed += entry.sizeBytes();
            }
        }
        return freed;
    }

    /// Noise, because a file system may compress.
    @Override
    public void keepReserve() throws IOException {
        if (files.size(RESERVE).isPresent()) {
            return;
        }
        var noise = new byte[RESERVE_BYTES];
        new SplittableRandom().nextBytes(noise);
        createFolders(STAGING);
        try {
            files.writeForced(RESERVE, ByteBuffer.wrap(noise));
        } catch (FileAlreadyExistsException _) {
            return; // somebody else keeps it now
        } catch (IOException e) {
            files.remove(RESERVE); // a part of it would take what others need now
            throw e;
        }
    }

    @Override
    public boolean releaseReserve() throws IOException {
        return files.remove(RESERVE);
    }

    @Override
    public void close() {
        knownFolders.clear();
    }

    private static String folderOf(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches() || name.startsWith(STAGING + "/")) {
            throw new IllegalArgumentException("'%s' is not an object's name".formatted(name));
        }
    }

    @Override
    public String toString() {
        return place;
    }
}
