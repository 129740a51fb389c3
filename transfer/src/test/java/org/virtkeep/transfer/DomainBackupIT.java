package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.JobState;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.Repository;

@Tag("qemu")
class DomainBackupIT {
    private static final int INCREMENTALS = 9;
    private static final int MIB = 1 << 20;

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

    private static byte[] read(Repository repository, BackupInfo backup, String disk) throws IOException {
        var bytes = new byte[(int) backup.disk(disk).orElseThrow().sizeBytes()];
        repository.reader(backup.id()).disk(disk).read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }
}
