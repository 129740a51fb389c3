package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.virtkeep.repository.Repository;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Geometry;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.VmDisk;
import org.virtkeep.testkit.WriterDisk;

@Tag("qemu")
class DomainBackupIT {
    private static final int INCREMENTALS = 9;
    private static final int MIB = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    /// One restore point, and what its disks held.
    private record Point(BackupInfo backup, byte[] vda, byte[] vdb) {}

    @Test
    void everyPointOfAChainHoldsWhatTheDisksHeldAtItsInstant() throws IOException {
        long seed = Long.getLong("property.seed", System.nanoTime());
        var random = new SplittableRandom(seed);
        try (LiveDomain live = LiveDomain.start(dir, "24M", "8M")) {
            var vda = new MirroredDisk(live.vm(), "vda", 24 * MIB);
            var vdb = new MirroredDisk(live.vm(), "vdb", 8 * MIB);
            vda.change(40, random);
            vdb.change(20, random);
            var points = new ArrayList<Point>();
            for (int i = 0; i <= INCREMENTALS; i++) {
                var held = new byte[2][];
                held[0] = vda.snapshot();
                held[1] = vdb.snapshot();
                BackupReport report = live.backUp(live.options(), new BackupListener() {
                    @Override
                    public void copying(TransferProgress progress) {
                        vda.change(5, random); // after the instant: must not be in this backup, but in the next
                        vdb.change(5, random);
                    }
                });
                assertThat(report.decisions())
                        .extracting(DiskDecision::mode)
                        .containsOnly(i == 0 ? "full" : "incremental");
                points.add(new Point(report.backup(), held[0], held[1]));
                assertThat(live.checkpoints())
                        .containsExactlyElementsOf(report.backup().checkpoints());
                vda.change(4, random);
            }
            requireAll(live, points, seed);
            assertThat(live.domain().backupJobs()).allMatch(job -> job.state() == JobState.COMPLETED);
        }
    }

    private static void requireAll(LiveDomain live, List<Point> points, long seed) throws IOException {
        try (Repository repository = live.repository()) {
            for (Point point : points) {
                var reader = repository.reader(point.backup().id());
                assertThat(read(repository, point.backup(), "vda"))
                        .as("vda, seed %d", seed)
                        .isEqualTo(point.vda());
                assertThat(read(repository, point.backup(), "vdb"))
                        .as("vdb, seed %d", seed)
                        .isEqualTo(point.vdb());
                assertThat(reader.attachment("domain.xml")).isPresent();
            }
        }
    }

    /// The judge needs nothing but the copies: both disks must hold exactly a prefix of the sequence of
    /// writes.
    @Test
    void everyBackupOfDisksThatAreWrittenToWithoutPauseIsOneInstant() throws IOException {
        try (LiveDomain live = LiveDomain.start(dir, "24M", "24M");
                SequenceWriter writer = SequenceWriter.fresh(
                        Geometry.of(7, 2, 16L << 20),
                        WriterDisk.of(live.vm(), "vda"),
                        WriterDisk.of(live.vm(), "vdb"))) {
            writer.start();
            var reports = new ArrayList<BackupReport>();
            for (int i = 0; i < 4; i++) {
                long wanted = writer.sequence() + 60;
                Await.until("the writer goes on", LIMIT, () -> writer.sequence() >= wanted);
                reports.add(live.backUp());
            }
            writer.stop();
            long before = 0;
            for (BackupReport report : reports) {
                long now = Judge.requireRight(restore(live, report, "vda"), restore(live, report, "vdb"));
                assertThat(now).isGreaterThan(before);
                before = now;
            }
        }
    }

    private Path restore(LiveDomain live, BackupReport report, String disk) throws IOException {
        Path image = dir.resolve(disk + "-" + report.backup().id());
        try (Repository repository = live.repository();
                DiskTarget target = DiskTargets.image(
                        image,
                        DiskTargets.Format.RAW,
                        report.backup().disk(disk).orElseThrow(),
                        false)) {
            new DiskRestore(repository.reader(report.backup().id()), new CancelToken(), new TransferProgress())
                    .run(disk, target);
        }
        return image;
    }

    @Test
    void eachDiskIsDecidedForItself() throws IOException {
        try (LiveDomain live = LiveDomain.start(
                dir,
                VmDisk.qcow2("vda", Images.qcow2(dir.resolve("vda.qcow2"), "8M")),
                VmDisk.qcow2("vdb", Images.qcow2(dir.resolve("vdb.qcow2"), "8M")),
                VmDisk.raw("vdc", Images.raw(dir.resolve("vdc.raw"), "4M")))) {
            var vda = new MirroredDisk(live.vm(), "vda", 8 * MIB);
            var vdb = new MirroredDisk(live.vm(), "vdb", 8 * MIB);
            var vdc = new MirroredDisk(live.vm(), "vdc", 4 * MIB);
            vda.fill(0, 300 << 10, (byte) 1);
            vdb.fill(MIB, 300 << 10, (byte) 2);
            vdc.fill(MIB, 300 << 10, (byte) 3);
            assertThat(modes(live, live.options().withDisks(List.of("vda"))))
                    .containsExactly("vda full first backup of the domain");
            vda.fill(MIB, 70 << 10, (byte) 4);
            assertThat(modes(live, live.options().withDisks(List.of("vdb", "vdc"))))
                    .containsExactly(
                            "vdb full first backup of this disk", "vdc full format 'raw' cannot record changes");
            vdb.fill(0, 70 << 10, (byte) 5);
            assertThat(live.checkpoints()).hasSize(2); // each is the base of one disk
            BackupReport all = live.backUp();
            assertThat(all.decisions())
                    .extracting(DiskDecision::mode)
                    .containsExactly("incremental", "incremental", "full");
            assertThat(live.checkpoints()).hasSize(1);
            live.vm()
                    .monitor()
                    .execute(
                            "block-dirty-bitmap-remove",
                            org.virtkeep.testkit.Json.object(
                                    "node",
                                    "vda",
                                    "name",
                                    live.checkpoints().iterator().next()));
            vda.fill(0, 4 << 10, (byte) 6);
            var notes = new ArrayList<DiskDecision>();
            BackupReport broken = live.backUp(live.options(), new BackupListener() {
                @Override
                public void decided(List<DiskDecision> decisions) {
                    notes.addAll(decisions);
                }
            });
            assertThat(notes.getFirst().unexpected()).isTrue();
            assertThat(notes.getFirst().why()).contains("is broken");
            assertThat(broken.decisions())
                    .extracting(DiskDecision::mode)
                    .containsExactly("full", "incremental", "full");
            assertThat(broken.newChunks()).isLessThan(4); // all was read, what differs was stored
            try (Repository repository = live.repository()) {
                assertThat(read(repository, broken.backup(), "vda")).isEqualTo(vda.snapshot());
                assertThat(read(repository, broken.backup(), "vdb")).isEqualTo(vdb.snapshot());
                assertThat(read(repository, broken.backup(), "vdc")).isEqualTo(vdc.snapshot());
            }
        }
    }

    private static List<String> modes(LiveDomain live, BackupOptions options) throws IOException {
        return live.backUp(options, BackupListener.NONE).decisions().stream()
                .map(decision -> "%s %s %s".formatted(decision.disk(), decision.mode(), decision.why()))
                .toList();
    }

    private static byte[] read(Repository repository, BackupInfo backup, String disk) throws IOException {
        var bytes = new byte[(int) backup.disk(disk).orElseThrow().sizeBytes()];
        repository.reader(backup.id()).disk(disk).read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }
}
