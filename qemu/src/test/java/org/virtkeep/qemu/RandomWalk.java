package org.virtkeep.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Images;

/// A domain that lives through writes, checkpoints, backups, snapshots, commits, restarts and crashes in an order that
/// a seed decides, beside a model that knows what every restore point must hold. The same seed walks the same way.
///
/// The model: raw images with what the disks hold now, and a copy of them for each checkpoint. A crash makes every
/// checkpoint useless, and nothing else does. Useful again it can only become when an overlay is merged into an image
/// that was closed in order: all of the overlay then counts as changed.
final class RandomWalk implements AutoCloseable {
    private static final List<String> DISKS = List.of("vda", "vdb");
    private static final String SIZE = "16M";
    private static final int SIZE_KIB = 16 << 10;
    private static final int MOST_KIB = 512;

    private enum Step {
        WRITE(40),
        CHECKPOINT(8),
        PUSH(14),
        PULL(14),
        SNAPSHOT(6),
        COMMIT(5),
        FORGET(5),
        RESTART(4),
        CRASH(4);

        final int weight;

        Step(int weight) {
            this.weight = weight;
        }
    }

    /// What the disks held when a checkpoint was made.
    private record Base(Map<String, Path> contents, Trust trust) {}

    private enum Trust {
        HOLDS,
        LOST,
        PERHAPS
    }

    private final Random random;
    private final Path dir;
    private final TestDomain vm;
    private final BackupBench bench;
    private final List<String> told = new ArrayList<>();
    private final Map<String, Base> checkpoints = new LinkedHashMap<>();
    private final List<String> snapshots = new ArrayList<>();
    private final Map<Step, Integer> counts = new EnumMap<>(Step.class);
    private int names;
    private int points;
    private int refusals;

    /// @param dir empty; the domain and the model live in it
    RandomWalk(Path dir, long seed) {
        this.random = new Random(seed);
        this.dir = dir;
        this.vm = TestDomain.in(dir)
                .diskElements(DISKS.stream()
                        .map(disk -> TestDomain.disk(disk, Images.qcow2(dir.resolve(disk + ".qcow2"), SIZE)))
                        .toArray(String[]::new))
                .start();
        this.bench = new BackupBench(vm);
        DISKS.forEach(disk -> Images.raw(now(disk), SIZE));
    }

    private Path now(String disk) {
        return dir.resolve(disk + ".now");
    }

    private Domain domain() {
        return vm.domain();
    }

    /// @throws AssertionError with all steps so far if a restore point is wrong, or a step fails that must not
    void walk(int steps) {
        try {
            for (int i = 0; i < steps; i++) {
                take(choose());
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("after\n  " + String.join("\n  ", told) + "\n" + e, e);
        }
    }

    String summary() {
        return "%d restore points right, %d incrementals rightly refused, %s".formatted(points, refusals, counts);
    }

    private Step choose() {
        int total = 0;
        for (Step step : Step.values()) {
            total += step.weight;
        }
        int at = random.nextInt(total);
        for (Step step : Step.values()) {
            at -= step.weight;
            if (at < 0) {
                return step;
            }
        }
        throw new IllegalStateException();
    }

    private void take(Step step) {
        counts.merge(step, 1, Integer::sum);
        switch (step) {
            case WRITE -> write();
            case CHECKPOINT -> checkpoint();
            case PUSH -> backup(this::push);
            case PULL -> backup(this::pull);
            case SNAPSHOT -> snapshot();
            case COMMIT -> commit();
            case FORGET -> forget();
            case RESTART -> restart();
            case CRASH -> crash();
        }
    }

    private void tell(String what) {
        told.add(what);
    }

    private String next(String kind) {
        names++;
        return kind + names;
    }

    private void write() {
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            String disk = DISKS.get(random.nextInt(DISKS.size()));
            int lengthKib = 4 * (1 + random.nextInt(MOST_KIB / 4));
            int atKib = 4 * random.nextInt((SIZE_KIB - lengthKib) / 4 + 1);
            String place = "%dk %dk".formatted(atKib, lengthKib);
            String command = random.nextInt(6) == 0
                    ? "write -z -u " + place
                    : "write -P %d %s".formatted(1 + random.nextInt(255), place);
            tell(disk + ": " + command);
            vm.write(disk, command);
            vm.write(disk, "flush");
            Images.io(now(disk), "raw", command);
        }
    }

    private Map<String, Path> keep(String name) {
        var kept = new LinkedHashMap<String, Path>();
        for (String disk : DISKS) {
            kept.put(disk, copy(now(disk), dir.resolve(disk + "." + name + ".kept")));
        }
        return kept;
    }

    private static Path copy(Path from, Path to) {
        try {
            return Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkpoint() {
        String name = next("c");
        tell("checkpoint " + name);
        domain().checkpointCreate(SnapshotBench.checkpoint(name).orElseThrow(), Set.of());
        checkpoints.put(name, new Base(keep(name), Trust.HOLDS));
    }

    /// A backup of a kind: since a checkpoint or full, perhaps with a new checkpoint.
    private interface Kind {
        void run(String name, String since, String checkpoint, Map<String, Path> frozen);
    }

    private void backup(Kind kind) {
        String name = next("b");
        String since = anyCheckpoint().filter(_ -> random.nextInt(4) > 0).orElse("");
        if (isRefused(name, since)) {
            return;
        }
        String checkpoint = random.nextBoolean() ? next("c") : "";
        Map<String, Path> frozen = keep(name);
        kind.run(name, since, checkpoint, frozen);
        if (!checkpoint.isEmpty()) {
            checkpoints.put(checkpoint, new Base(frozen, Trust.HOLDS));
        }
        points++;
    }

    private Optional<String> anyCheckpoint() {
        if (checkpoints.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(List.copyOf(checkpoints.keySet()).get(random.nextInt(checkpoints.size())));
    }

    /// True if what has changed since is not known, and the domain says so.
    private boolean isRefused(String name, String since) {
        Trust trust = since.isEmpty() ? Trust.HOLDS : checkpoints.get(since).trust();
        if (trust == Trust.HOLDS) {
            return false;
        }
        tell("push since " + since + ", which a crash may have destroyed");
        try {
            int id = bench.push(since, "", name);
            if (trust == Trust.PERHAPS) {
                bench.requireCompleted(id);
                requireRight(name, since, keep(name));
                return true;
            }
        } catch (VirtException e) {
            if (e.code() != ErrorCode.CHECKPOINT_INCONSISTENT) {
                throw e;
            }
            refusals++;
            return true;
        }
        throw new AssertionError("an incremental since '" + since + "', which a crash destroyed, was begun");
    }

    private void push(String name, String since, String checkpoint, Map<String, Path> frozen) {
        tell("push %s since '%s' with checkpoint '%s'".formatted(name, since, checkpoint));
        bench.requireCompleted(bench.push(since, checkpoint, name));
        requireRight(name, since, frozen);
    }

    private void requireRight(String name, String since, Map<String, Path> frozen) {
        for (String disk : DISKS) {
            Path target = bench.target(disk, name);
            if (!since.isEmpty()) {
                Path base = checkpoints.get(since).contents().get(disk);
                Shell.run("qemu-img", "rebase", "-u", "-F", "raw", "-b", base.toString(), target.toString());
            }
            Images.requireSame(target, "qcow2", frozen.get(disk), "raw");
            delete(target);
        }
    }

    private void pull(String name, String since, String checkpoint, Map<String, Path> frozen) {
        tell("pull %s since '%s' with checkpoint '%s'".formatted(name, since, checkpoint));
        int id = bench.pull(since, checkpoint);
        write(); // must not be seen
        for (String disk : DISKS) {
            Path copy = since.isEmpty()
                    ? bench.copy(disk, disk + "." + name)
                    : bench.patched(disk, checkpoints.get(since).contents().get(disk), disk + "." + name);
            Images.requireSame(copy, "raw", frozen.get(disk), "raw");
            delete(copy);
        }
        domain().backupEnd(id, Set.of());
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void snapshot() {
        String name = next("s");
        String checkpoint = random.nextBoolean() ? next("c") : "";
        tell("snapshot %s with checkpoint '%s'".formatted(name, checkpoint));
        domain().snapshotCreate(
                        SnapshotBench.snapshot(name),
                        checkpoint.isEmpty() ? Optional.empty() : SnapshotBench.checkpoint(checkpoint),
                        Set.of(SnapshotCreateFlag.DISK_ONLY));
        snapshots.add(name);
        if (!checkpoint.isEmpty()) {
            checkpoints.put(checkpoint, new Base(keep(checkpoint), Trust.HOLDS));
        }
    }

    private void commit() {
        if (snapshots.isEmpty()) {
            return;
        }
        String name = snapshots.remove(random.nextInt(snapshots.size()));
        tell("commit of snapshot " + name);
        domain().snapshot(name).delete(Set.of());
        checkpoints.replaceAll(
                (_, base) -> base.trust() == Trust.LOST ? new Base(base.contents(), Trust.PERHAPS) : base);
    }

    private void forget() {
        anyCheckpoint().ifPresent(name -> {
            tell("delete checkpoint " + name);
            domain().checkpoint(name).delete(Set.of());
            checkpoints.remove(name);
        });
    }

    private void restart() {
        tell("restart");
        domain().destroy();
        domain().start(Set.of());
    }

    private void crash() {
        tell("crash");
        vm.killQemu();
        domain().start(Set.of());
        checkpoints.replaceAll((_, base) -> new Base(base.contents(), Trust.LOST));
    }

    /// The disks hold what the model holds, now that nobody writes.
    void requireContents() {
        tell("shut off");
        domain().destroy();
        for (var device : domain().blockDevices()) {
            Images.requireSame(Path.of(device.source().orElseThrow()), "qcow2", now(device.target()), "raw");
        }
    }

    @Override
    public void close() {
        bench.close();
        vm.close();
    }
}
