package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.JobState;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.CheckLevel;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RetentionPolicy;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Geometry;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.WriterDisk;

/// A month of nights: a full backup and 30 incremental ones of disks that are written to, with backups that are
/// forgotten and prunes in between. Two disks are judged by what they hold alone, the third is compared with a
/// copy in memory.
@Tag("qemu")
class ChainIT {
    private static final int INCREMENTALS = 30;
    private static final int MIB = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SEED = Long.getLong("property.seed", System.nanoTime());

    @TempDir
    private Path dir;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<Point> points = new ArrayList<>();
    private LiveDomain live;
    private SequenceWriter writer;
    private MirroredDisk mirrored;

    /// A restore point.
    ///
    /// @param earliest what had surely been written to the judged disks at its instant
    /// @param latest   what can at most have been
    /// @param mirrored what the third disk held
    private record Point(BackupInfo backup, long earliest, long latest, byte[] mirrored) {}

    @Test
    void everyPointThatIsLeftHoldsWhatTheDisksHeldAtItsInstant() throws IOException {
        System.out.printf("chain: -Dproperty.seed=%d%n", SEED);
        try (LiveDomain domain = LiveDomain.start(dir, "3M", "3M", "12M");
                SequenceWriter sequence = SequenceWriter.fresh(
                        Geometry.of(SEED, 2, 2 * MIB),
                        WriterDisk.of(domain.vm(), "vda"),
                        WriterDisk.of(domain.vm(), "vdb"))) {
            live = domain;
            writer = sequence;
            mirrored = new MirroredDisk(domain.vm(), "vdc", 12 * MIB);
            mirrored.change(20, random);
            for (int night = 0; night <= INCREMENTALS; night++) {
                points.add(backUp(night));
                requireRight(points.getLast());
                if (night % 4 == 3) {
                    forgetOne();
                }
                if (night % 5 == 4) {
                    prune(RetentionPolicy.keepLast(20));
                }
            }
            requireAll();
            prune(RetentionPolicy.keepLast(7));
            requireAll();
            assertThat(live.domain().backupJobs()).allMatch(job -> job.state() == JobState.COMPLETED);
        }
    }

    /// Every third night the writer does not pause for it.
    private Point backUp(int night) throws IOException {
        boolean busy = night % 3 == 2;
        writer.writeTo(writer.sequence() + random.nextInt(30));
        long earliest = writer.sequence();
        if (busy) {
            writer.start();
            Await.until("the writer goes on", LIMIT, () -> writer.sequence() > earliest);
        }
        byte[] held = mirrored.snapshot();
        BackupReport report = live.backUp(live.options(), new BackupListener() {
            @Override
            public void copying(TransferProgress progress) {
                mirrored.change(3, random); // after the instant: not in this backup, but in the next
            }
        });
        long latest = busy ? writer.stop() + 1 : earliest;
        assertThat(report.decisions()).extracting(DiskDecision::mode).containsOnly(night == 0 ? "full" : "incremental");
        assertThat(live.checkpoints()).containsExactlyElementsOf(report.backup().checkpoints());
        mirrored.change(2, random);
        return new Point(report.backup(), earliest, latest, held);
    }

    /// Any but the newest, on which the next backup rests.
    private void forgetOne() throws IOException {
        Point point = points.remove(random.nextInt(points.size() - 1));
        try (Repository repository = live.repository()) {
            repository.forget(List.of(point.backup().id()));
        }
    }

    private void prune(RetentionPolicy policy) throws IOException {
        try (Repository repository = live.repository()) {
            List<String> forgotten = repository.prune(policy).forgotten();
            points.removeIf(point -> forgotten.contains(point.backup().id()));
            assertThat(points).hasSizeLessThanOrEqualTo(policy.last());
        }
    }

    private void requireAll() throws IOException {
        try (Repository repository = live.repository()) {
            assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
            assertThat(repository.list().backups())
                    .containsExactlyElementsOf(
                            points.stream().map(Point::backup).toList());
        }
        for (Point point : points) {
            requireRight(point);
        }
    }

    private void requireRight(Point point) throws IOException {
        try (Repository repository = live.repository()) {
            var vda = Files.write(dir.resolve("vda.raw"), read(repository, point, "vda"));
            var vdb = Files.write(dir.resolve("vdb.raw"), read(repository, point, "vdb"));
            assertThat(Judge.requireRight(vda, vdb)).isBetween(point.earliest(), point.latest());
            assertThat(read(repository, point, "vdc")).isEqualTo(point.mirrored());
            assertThat(repository.reader(point.backup().id()).attachment("domain.xml"))
                    .isPresent();
        }
    }

    private static byte[] read(Repository repository, Point point, String disk) throws IOException {
        var bytes = new byte[(int) point.backup().disk(disk).orElseThrow().sizeBytes()];
        repository.reader(point.backup().id()).disk(disk).read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }
}
