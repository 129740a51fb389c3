package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;

/// File operations on a host that crashes at one step: what was not forced to disk until then may be lost, in part or
/// wholly. A name lasts when its directory was forced since it was given, content when its file was. What others
/// than this have written is kept. Thread-safe.
public final class LossyFiles implements FileOperations {
    private final FileOperations real = FileOperations.real();
    private final Map<Path, Content> now = new HashMap<>();
    private final Map<Path, Content> lasting = new HashMap<>();
    /// Directories that were renamed, by their new names, as long as that may be lost.
    private final Map<Path, Path> moved = new HashMap<>();

    private int left;
    private int steps;
    private boolean crashed;

    /// A file's content, or a directory, whatever its name.
    private static final class Content {
        private final boolean directory;
        private byte[] written = new byte[0];
        private byte[] forced = new byte[0];
        private boolean everForced;

        private Content(boolean directory) {
            this.directory = directory;
        }

        private byte[] afterCrash(RandomGenerator random) {
            if (everForced && Arrays.equals(written, forced)) {
                return written;
            }
            return switch (random.nextInt(4)) {
                case 0 -> written;
                case 1 -> Arrays.copyOf(written, written.length / 2);
                default -> forced;
            };
        }
    }

    /// @param crashAt the step that is not taken any more, counted from 1
    public LossyFiles(int crashAt) {
        this.left = crashAt;
    }

    /// How many were taken.
    public synchronized int steps() {
        return steps;
    }

    public synchronized boolean hasCrashed() {
        return crashed;
    }

    /// Crashes now, if it has not.
    public synchronized void crash() {
        crashed = true;
    }

    private void step() throws IOException {
        if (crashed || left == 1) {
            crashed = true;
            throw new IOException("the host has crashed");
        }
        left--;
        steps++;
    }

    /// What was there before has lasted.
    private void notice(Path file) throws IOException {
        if (!now.containsKey(file) && !lasting.containsKey(file) && Files.isRegularFile(file)) {
            var before = new Content(false);
            before.written = Files.readAllBytes(file);
            before.forced = before.written;
            before.everForced = true;
            now.put(file, before);
            lasting.put(file, before);
        }
    }

    /// Makes the files what they may be when the host is up again.
    public synchronized void loseWhatDidNotLast(RandomGenerator random) throws IOException {
        Set<Path> names = new HashSet<>(now.keySet());
        names.addAll(lasting.keySet());
        for (Path name : names.stream().sorted().toList()) {
            boolean kept = Objects.equals(now.get(name), lasting.get(name)) || random.nextBoolean();
            Content content = kept ? now.get(name) : lasting.get(name);
            if (content == null) {
                new Durable(real).deleteTree(name);
            } else if (content.directory) {
                Files.createDirectories(name);
            } else if (Files.isDirectory(name.getParent())) {
                Files.write(name, content.afterCrash(random));
            }
        }
        for (Map.Entry<Path, Path> move : moved.entrySet()) {
            if (random.nextBoolean()) {
                real.move(move.getKey(), move.getValue());
            }
        }
    }

    @Override
    public synchronized void write(Path file, byte[] content) throws IOException {
        step();
        notice(file);
        real.write(file, content);
        var written = new Content(false);
        written.written = content;
        now.put(file, written);
    }

    @Override
    public synchronized void append(Path file, long position, byte[] content) throws IOException {
        step();
        notice(file);
        real.append(file, position, content);
        now.computeIfAbsent(file, _ -> new Content(false)).written = Files.readAllBytes(file);
    }

    @Override
    public synchronized void create(Path file) throws IOException {
        step();
        real.create(file);
    }

    @Override
    public synchronized void setLength(Path file, long bytes) throws IOException {
        step();
        real.setLength(file, bytes);
    }

    @Override
    public synchronized void force(Path fileOrDirectory) throws IOException {
        step();
        if (Files.isDirectory(fileOrDirectory)) {
            moved.keySet().removeIf(name -> name.getParent().equals(fileOrDirectory));
            lasting.keySet().removeIf(name -> name.getParent().equals(fileOrDirectory));
            now.forEach((name, content) -> {
                if (name.getParent().equals(fileOrDirectory)) {
                    lasting.put(name, content);
                }
            });
        } else if (now.containsKey(fileOrDirectory)) {
            Content content = now.get(fileOrDirectory);
            content.forced = content.written;
            content.everForced = true;
        }
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        step();
        if (Files.isDirectory(from)) {
            moveDirectory(from, to);
            return;
        }
        notice(from);
        notice(to);
        real.move(from, to);
        now.put(to, now.remove(from));
    }

    /// What is in it goes with it, as it is and as it lasts. Its name does when the directory is forced that it is in.
    private void moveDirectory(Path from, Path to) throws IOException {
        real.move(from, to);
        for (Map<Path, Content> known : List.of(now, lasting)) {
            for (Path name : List.copyOf(known.keySet())) {
                if (name.startsWith(from)) {
                    known.put(to.resolve(from.relativize(name)), known.remove(name));
                }
            }
        }
        moved.put(to, from);
    }

    @Override
    public synchronized boolean delete(Path file) throws IOException {
        step();
        notice(file);
        boolean existed = real.delete(file);
        now.remove(file);
        return existed;
    }

    @Override
    public synchronized void createDirectory(Path directory) throws IOException {
        step();
        if (!Files.isDirectory(directory)) {
            real.createDirectory(directory);
            now.put(directory, new Content(true));
        }
    }
}
