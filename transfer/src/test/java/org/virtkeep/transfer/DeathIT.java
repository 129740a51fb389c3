package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.CheckLevel;
import org.virtkeep.repository.Credentials;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositorySettings;

/// A backup dies at one of its calls; the next one goes on, and nothing is left of the dead. Deaths are spread over
/// all calls, at others in each run; `-Dtransfer.deaths=1000` tries all.
@Tag("qemu")
class DeathIT {
    private static final int BYTES = 4 << 20;
    private static final int DEATHS = 6;

    @TempDir
    Path dir;

    private final long seed = Long.getLong("property.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void whoeverDiesAtAnyCallLeavesNothingThatTheNextRunDoesNotRemove() throws IOException {
        try (LiveDomain live = LiveDomain.start(dir, "4M")) {
            var disk = new MirroredDisk(live.vm(), "vda", BYTES);
            disk.change(10, random);
            live.backUp();
            var never = new Death(Integer.MAX_VALUE, true);
            disk.change(2, random);
            dieAt(live, never);
            int deaths = Math.min(never.calls(), Integer.getInteger("transfer.deaths", DEATHS));
            int first = random.nextInt(never.calls() / deaths) + 1;
            for (int i = 0; i < deaths; i++) {
                disk.change(2, random);
                var death = new Death(first + i * never.calls() / deaths, random.nextBoolean());
                dieAt(live, death);
                disk.fill(0, 4 << 10, (byte) 0x33); // the guest goes on
                requireGoesOn(live, disk, "%s, seed %d".formatted(death.place(), seed));
            }
        }
    }

    private void dieAt(LiveDomain live, Death death) throws IOException {
        LocalStorage real = LocalStorage.open(LiveDomain.repositoryFolder(dir));
        RepositorySettings settings = RepositorySettings.defaults().withPacks(4 << 20, 1, 1 << 16);
        try (Repository repository = Repository.open(death.storage(real), Credentials.none(), settings)) {
            new DomainBackup(
                            death.domain(live.domain()),
                            repository,
                            live.options(),
                            BackupListener.NONE,
                            new CancelToken())
                    .run();
        } catch (Death.Dead | IOException e) {
            assertThat(death.came()).as(e.toString()).isTrue();
        }
    }

    private void requireGoesOn(LiveDomain live, MirroredDisk disk, String place) throws IOException {
        byte[] held = disk.snapshot();
        BackupReport report = live.backUp();
        assertThat(live.runningJobs()).as(place).isZero();
        assertThat(live.checkpoints())
                .as(place)
                .containsExactlyElementsOf(report.backup().checkpoints());
        assertThat(report.decisions().getFirst().mode()).as(place).isEqualTo("incremental");
        assertThat(read(live, report.backup())).as(place).isEqualTo(held);
        try (var files = Files.list(live.options().stateFolder())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as(place)
                    .allMatch(name -> name.endsWith(".lock"));
        }
    }

    private static byte[] read(LiveDomain live, BackupInfo backup) throws IOException {
        try (Repository repository = live.repository()) {
            assertThat(repository.check(CheckLevel.structure()).problems()).isEmpty();
            byte[] bytes = new byte[BYTES];
            repository.reader(backup.id()).disk("vda").read(0, ByteBuffer.wrap(bytes));
            return bytes;
        }
    }
}
