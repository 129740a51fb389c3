package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A file system in memory that can lose power.
///
/// After a power cut a file whose bytes were not forced is torn: some of its blocks are zeros and its end
/// may be missing. Of the names that were made or removed in a folder and not forced, any may have
/// happened or not, in any order. Thread-safe.
final class VolatileFiles implements FileAccess {
    private static final int BLOCK_BYTES = 4096;

    /// Thrown by the operation during which the power goes, and by all later ones.
    static final class PowerCut extends IOException {
        private static final long serialVersionUID = 1L;

        PowerCut() {
            super("power cut");
        }
    }

    private static final class File {
        private byte[] bytes;
        private boolean forced;
    }

    private static final class Folder {
        private final Map<String, Object> now = new TreeMap<>();
        private final Map<String, Object> durable = new TreeMap<>();
    }

    private final Map<String, Folder> folders = new HashMap<>();
    private long cutAt = Long.MAX_VALUE;
    private long operations;

    VolatileFiles() {
        folders.put("", new Folder());
    }

    /// Cuts the power at the n-th operation from now, 1 being the next.
    synchronized void cutAt(long operation) {
        operations = 0;
        cutAt = operation;
    }

    synchronized boolean isCut() {
        return operations >= cutAt;
    }

    private void step() throws PowerCut {
        operations++;
        if (operations >= cutAt) {
            throw new PowerCut();
        }
    }

    @Override
    public synchronized boolean createFolder(String path) throws IOException {
        step();
        Folder parent = folder(parent(path));
        if (parent.now.containsKey(name(path))) {
            return false;
        }
        var folder = new Folder();
        parent.now.put(name(path), folder);
        folders.put(path, folder);
        return true;
    }

    @Override
    public synchronized void writeForced(String path, ByteBuffer content) throws IOException {
        step();
        var file = new File();
        file.bytes = new byte[content.remaining()];
        content.duplicate().get(file.bytes);
        folder(parent(path)).now.put(name(path), file);
        step();
        file.forced = true;
    }

    @Override
    public synchronized boolean link(String existing, String path) throws IOException {
        step();
        Object file = folder(parent(existing)).now.get(name(existing));
        return folder(parent(path)).now.putIfAbsent(name(path), file) == null;
    }

    @Override
    public synchronized void forceFolder(String path) throws IOException {
        step();
        Folder folder = folder(path);
        folder.durable.clear();
        folder.durable.putAll(folder.now);
    }

    @Override
    public synchronized boolean remove(String path) throws IOException {
        step();
        Folder folder = folders.get(parent(path));
        return folder != null && folder.now.remove(name(path)) != null;
    }

    @Override
    public synchronized void read(String path, long offset, ByteBuffer into) throws IOException {
        if (isCut()) {
            throw new PowerCut();
        }
        byte[] bytes = file(path).bytes;
        int count = Math.clamp(bytes.length - offset, 0, into.remaining());
        into.put(bytes, (int) Math.min(offset, bytes.length), count);
    }

    private File file(String path) throws IOException {
        Folder folder = folders.get(parent(path));
        if (folder != null && folder.now.get(name(path)) instanceof File file) {
            return file;
        }
        throw new NoSuchFileException(path);
    }

    @Override
    public synchronized OptionalLong size(String path) throws IOException {
        if (isCut()) {
            throw new PowerCut();
        }
        try {
            return OptionalLong.of(file(path).bytes.length);
        } catch (NoSuchFileException _) {
            return OptionalLong.empty();
        }
    }

    @Override
    public synchronized List<Entry> list(String path) throws IOException {
        if (isCut()) {
            throw new PowerCut();
        }
        var entries = new ArrayList<Entry>();
        if (folders.containsKey(path)) {
            folders.get(path)
                    .now
                    .forEach((name, node) -> entries.add(
                            node instanceof File file
                                    ? new Entry(name, false, file.bytes.length)
                                    : new Entry(name, true, 0)));
        }
        return entries;
    }

    @Override
    public boolean isStale(String path) {
        return true; // whatever is staged after a power cut was staged before it
    }

    /// What is there when the power is back.
    synchronized VolatileFiles afterPowerCut(RandomGenerator random) {
        var after = new VolatileFiles();
        survive("", folders.get(""), after, random);
        return after;
    }

    private void survive(String path, Folder folder, VolatileFiles after, RandomGenerator random) {
        var names = new TreeMap<String, Object>(folder.durable);
        folder.now.forEach((name, node) -> {
            if (!folder.durable.containsKey(name) && random.nextBoolean()) {
                names.put(name, node);
            }
        });
        folder.durable.keySet().forEach(name -> {
            if (!folder.now.containsKey(name) && random.nextBoolean()) {
                names.remove(name);
            }
        });
        Folder survivor = after.folders.computeIfAbsent(path, _ -> new Folder());
        names.forEach((name, node) -> {
            String child = path.isEmpty() ? name : path + "/" + name;
            Object kept = node;
            if (node instanceof File file) {
                kept = file.forced ? file : torn(file, random);
            } else {
                survive(child, (Folder) node, after, random);
                kept = after.folders.get(child);
            }
            survivor.now.put(name, kept);
            survivor.durable.put(name, kept);
        });
    }

    private static File torn(File file, RandomGenerator random) {
        var torn = new File();
        torn.forced = true;
        torn.bytes = random.nextBoolean()
                ? file.bytes.clone()
                : Arrays.copyOf(file.bytes, random.nextInt(file.bytes.length + 1));
        for (int block = 0; block < torn.bytes.length; block += BLOCK_BYTES) {
            if (random.nextBoolean()) {
                Arrays.fill(torn.bytes, block, Math.min(torn.bytes.length, block + BLOCK_BYTES), (byte) 0);
            }
        }
        return torn;
    }

    private Folder folder(String path) throws IOException {
        Folder folder = folders.get(path);
        if (folder == null) {
            throw new NoSuchFileException(path);
        }
        return folder;
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
