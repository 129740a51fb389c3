package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.qmp.QueryBlockExports;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.SetJobSpeed;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.Tools;

/// Begins, reads, ends and aborts jobs on two disks at random, several at a time, deletes checkpoints
/// and kills keepers, while the disks are written to. Each restore point must be of exactly the moment
/// at which its job was begun.
///
/// A walk is repeated with its seed: `-Dvirtkeep.walk.seed=N -Dvirtkeep.walk.steps=N`. How the steps fall into the
/// writer's sequence is not repeated.
@Tag("qemu")
class ParallelWalkIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SEED = Long.getLong("virtkeep.walk.seed", 20260405);
    private static final int STEPS = Integer.getInteger("virtkeep.walk.steps", 8);
    private static final int MOST_JOBS = 4;
    private static final int MOST_POINTS = 6;
    private static final List<String> DISKS = List.of("vda", "vdb");

    @TempDir
    Path dir;

    private final Random random = new Random(SEED);
    private final List<Job> jobs = new ArrayList<>();
    private final List<Point> points = new ArrayList<>();
    private boolean slow;
    private TestDomain vm;
    private BackupBench bench;
    private SequenceWriter writer;
    private int count;

    /// What a job has restored: the disks as they were at a checkpoint, raw.
    private record Point(String checkpoint, List<Path> disks) {}

    /// A job that runs.
    ///
    /// @param checkpoint made with it
    /// @param base       empty for a full backup
    /// @param earliest   what had surely been written at its instant
    /// @param latest     what can at most have been
    private record Job(
            int id, String name, boolean push, String checkpoint, Optional<Point> base, long earliest, long latest) {}

    @Test
    void everyRestorePointIsOfItsInstant() {
        Tools.require("nbdcopy");
        System.out.printf("walk: seed %d, %d steps%n", SEED, STEPS);
        PushPath path = random.nextBoolean() ? PushPath.FLEECED : PushPath.DIRECT;
        try (var domain = TestDomain.in(dir)
                        .disks(DISKS.size())
                        .settings(new BackupSettings(Duration.ZERO, path))
                        .monitors(real -> slow ? new SlowCopies(real) : real)
                        .start();
                var running = new BackupBench(domain)) {
            vm = domain;
            bench = running;
            writer = bench.writeTo("vda", "vdb");
            writer.start();
            for (int i = 1; i <= STEPS; i++) {
                awaitWrites(random.nextInt(30));
                String step = step();
                System.out.printf("walk: %d. %s%n", i, step);
            }
            while (!jobs.isEmpty()) {
                finish(jobs.getFirst());
            }
            writer.stop();
            requireNothingLeft();
        }
    }

    private void awaitWrites(int records) {
        long wanted = writer.sequence() + records;
        Await.until("the writer has written " + records + " more", LIMIT, () -> writer.sequence() >= wanted);
    }

    private String step() {
        int dice = random.nextInt(10);
        if (jobs.isEmpty() || dice < 4 && jobs.size() < MOST_JOBS) {
            return begin();
        }
        Job job = jobs.get(random.nextInt(jobs.size()));
        if (dice == 4) {
            new RunningJob(vm, job.id()).killKeeper();
            return "keeper of job " + job.id() + " killed";
        }
        if (dice == 5) {
            return abort(job);
        }
        return finish(job);
    }

    private String begin() {
        String name = "j" + ++count;
        Optional<Point> base = points.isEmpty() || random.nextInt(4) == 0
                ? Optional.empty()
                : Optional.of(points.get(random.nextInt(points.size())));
        String since = base.map(Point::checkpoint).orElse("");
        boolean push = random.nextBoolean();
        String checkpoint = "c-" + name;
        long earliest = writer.sequence();
        slow = true;
        int id = push ? bench.push(since, checkpoint, name) : bench.pullAs(name, since, checkpoint);
        slow = false;
        jobs.add(new Job(id, name, push, checkpoint, base, earliest, writer.sequence() + 1));
        return "job %d: %s %s".formatted(id, push ? "push" : "pull", since.isEmpty() ? "full" : "since " + since);
    }

    private String abort(Job job) {
        bench.domain().backupEnd(job.id(), Set.of(BackupEndFlag.ABORT));
        jobs.remove(job);
        bench.domain().checkpoint(job.checkpoint()).delete(Set.of());
        return "job " + job.id() + " aborted";
    }

    private String finish(Job job) {
        List<Path> restored = job.push() ? pushed(job) : pulled(job);
        long found = Judge.requireRight(restored.getFirst(), restored.getLast());
        assertThat(found).as("records in the copy of %s", job).isBetween(job.earliest(), job.latest());
        jobs.remove(job);
        points.add(new Point(job.checkpoint(), restored));
        if (points.size() > MOST_POINTS) {
            forget();
        }
        return "job %d finished: prefix up to %d".formatted(job.id(), found);
    }

    private List<Path> pulled(Job job) {
        if (bench.domain().backupJob(job.id()).clients().isEmpty()) {
            Await.until("the keeper serves", LIMIT, () -> Files.exists(bench.socket(job.name())));
        }
        List<Path> copies = DISKS.stream().map(disk -> pulled(job, disk)).toList();
        assertThat(bench.domain().backupEnd(job.id(), Set.of())).isEqualTo(BackupEnd.COMPLETED);
        return copies;
    }

    private Path pulled(Job job, String disk) {
        Path socket = bench.socket(job.name());
        String name = disk + "." + job.name() + ".raw";
        return job.base()
                .map(base -> bench.patched(socket, disk, base.disks().get(DISKS.indexOf(disk)), name))
                .orElseGet(() -> bench.copy(socket, disk, name));
    }

    private List<Path> pushed(Job job) {
        try (var session = vm.session()) {
            session.execute(new QueryJobs()).stream()
                    .filter(running -> running.id().matches("vk....-" + job.id() + "-\\d+-c"))
                    .forEach(running -> session.execute(new SetJobSpeed(running.id(), 0)));
        }
        bench.requireCompleted(job.id());
        return DISKS.stream().map(disk -> pushed(job, disk)).toList();
    }

    private Path pushed(Job job, String disk) {
        Path layer = bench.target(disk, job.name());
        job.base()
                .ifPresent(base -> Shell.run(
                        "qemu-img",
                        "rebase",
                        "-u",
                        "-F",
                        "raw",
                        "-b",
                        base.disks().get(DISKS.indexOf(disk)).toString(),
                        layer.toString()));
        Path raw = Images.convert(layer, "qcow2", vm.directory().resolve(disk + "." + job.name() + ".raw"), "raw");
        delete(layer);
        return raw;
    }

    /// Drops the oldest restore point that no job is based on.
    private void forget() {
        points.stream()
                .filter(point -> jobs.stream().noneMatch(job -> job.base().equals(Optional.of(point))))
                .findFirst()
                .ifPresent(point -> {
                    bench.domain().checkpoint(point.checkpoint()).delete(Set.of());
                    point.disks().forEach(ParallelWalkIT::delete);
                    points.remove(point);
                });
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireNothingLeft() {
        try (var session = vm.session()) {
            assertThat(session.execute(new QueryJobs())).isEmpty();
            assertThat(session.execute(new QueryBlockExports())).isEmpty();
            assertThat(session.execute(new QueryNamedBlockNodes()))
                    .noneMatch(node -> node.name().startsWith("vk"));
        }
    }
}
