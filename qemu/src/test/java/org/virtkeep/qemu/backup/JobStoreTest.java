package org.virtkeep.qemu.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;

class JobStoreTest {
    @TempDir
    Path dir;

    private JobStore jobs;

    @BeforeEach
    void open() {
        Root root = Root.open(dir.resolve("root"));
        var folder = root.folder("vm");
        folder.create(UUID.randomUUID());
        jobs = new JobStore(folder, root.durable());
    }

    @Test
    void aRecordComesBackAsItWasSaved() {
        JobRecord job = job(7, JobRecord.Phase.ENDED)
                .decided(JobState.FAILED, Optional.of("no space"), Instant.parse("2026-01-02T03:04:05Z"))
                .withKeeper(Optional.of(ProcessIdentity.ofThisProcess()))
                .withAcknowledged();
        jobs.save(job);
        assertThat(jobs.find(7)).contains(job);
    }

    @Test
    void idsAreNeverUsedTwice() {
        assertThat(jobs.nextId()).isEqualTo(1);
        jobs.save(job(1, JobRecord.Phase.ENDED));
        jobs.delete(1);
        assertThat(jobs.nextId()).isEqualTo(2);
    }

    @Test
    void aReasonIsThereAsAWholeOrNotAtAll() {
        for (int id = 1; id <= 200; id++) {
            int job = id;
            var writer = CompletableFuture.runAsync(() -> jobs.noteTrouble(job, "no space"));
            Optional<String> reason = Optional.empty();
            while (reason.isEmpty()) {
                reason = jobs.trouble(job);
            }
            assertThat(reason).contains("no space");
            writer.join();
        }
    }

    @Test
    void theFirstReasonCounts() {
        jobs.noteTrouble(1, "no space");
        jobs.noteTrouble(1, "nobody came");
        assertThat(jobs.trouble(1)).contains("no space");
    }

    @Test
    void zeroMeansTheRunningJob() {
        jobs.save(job(1, JobRecord.Phase.ENDED));
        jobs.save(job(2, JobRecord.Phase.RUNNING));
        assertThat(jobs.resolve(0).id()).isEqualTo(2);
    }

    @Test
    void zeroMeansTheUnacknowledgedJobWhenNoneRuns() {
        jobs.save(job(1, JobRecord.Phase.ENDED));
        jobs.save(job(2, JobRecord.Phase.ENDED).withAcknowledged());
        assertThat(jobs.resolve(0).id()).isEqualTo(1);
    }

    @Test
    void zeroIsRefusedWithTheIdsWhenSeveralRun() {
        jobs.save(job(3, JobRecord.Phase.RUNNING));
        jobs.save(job(4, JobRecord.Phase.RUNNING));
        assertRefused(0, ErrorCode.OPERATION_INVALID, "3, 4");
    }

    @Test
    void anUnknownIdIsNoDomainBackup() {
        assertRefused(9, ErrorCode.NO_DOMAIN_BACKUP, "'9'");
        assertRefused(0, ErrorCode.NO_DOMAIN_BACKUP, "that runs");
        assertRefused(-1, ErrorCode.INVALID_ARG, "negative");
    }

    private void assertRefused(int id, ErrorCode code, String words) {
        assertThatThrownBy(() -> jobs.resolve(id))
                .isInstanceOfSatisfying(
                        VirtException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    @Test
    void onlyTheNewestEndedJobsAreKept() {
        for (int id = 1; id <= 40; id++) {
            jobs.save(job(id, id == 2 ? JobRecord.Phase.RUNNING : JobRecord.Phase.ENDED));
        }
        jobs.trim();
        assertThat(jobs.all())
                .hasSize(33)
                .extracting(JobRecord::id)
                .contains(2, 9, 40)
                .doesNotContain(1, 3, 8);
    }

    @Test
    void theFirstWordAboutTroubleCounts() {
        jobs.noteTrouble(5, "scratch is full");
        jobs.noteTrouble(5, "its block job is gone");
        assertThat(jobs.trouble(5)).contains("scratch is full");
        assertThat(jobs.trouble(6)).isEmpty();
    }

    static JobRecord job(int id, JobRecord.Phase phase) {
        var disk = new DiskRecord(
                "vda",
                0,
                "vda",
                "/images/vda.qcow2",
                1 << 30,
                BackupMode.INCREMENTAL,
                Optional.of("monday"),
                "qcow2",
                StorageKind.FILE,
                "/backup/vda.qcow2",
                false,
                true,
                Optional.empty(),
                65536,
                0,
                0,
                JobState.RUNNING,
                Optional.empty(),
                Optional.of(Instant.parse("2026-01-02T03:04:06Z")),
                Optional.of("bitmap 'monday' is missing"));
        return new JobRecord(
                JobRecord.FORMAT,
                id,
                true,
                phase,
                1,
                "<domainbackup/>",
                Optional.of("tuesday"),
                Optional.empty(),
                Instant.parse("2026-01-02T03:04:05Z"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                3600,
                new PullAccess(Optional.of("/etc/pki/qemu"), Optional.of("backup")),
                Set.of(BackupBeginFlag.ALL_OR_NOTHING, BackupBeginFlag.FALLBACK_FULL),
                List.of(disk));
    }
}
