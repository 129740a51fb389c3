package org.virtkeep.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.NbdAddress;

/// Backup jobs to show.
final class Jobs {
    static final Instant STARTED = Instant.parse("2026-03-01T12:00:00Z");
    private static final long MIB = 1 << 20;

    private Jobs() {}

    static BackupJob push(JobState state, long processedMib, Optional<String> error) {
        return push(state, processedMib, error, Optional.empty());
    }

    /// A push whose disk was to be incremental.
    static BackupJob fallenBack(String why) {
        return push(JobState.RUNNING, 0, Optional.empty(), Optional.of(why));
    }

    private static BackupJob push(
            JobState state, long processedMib, Optional<String> error, Optional<String> fallback) {
        var disk = new BackupJob.Disk(
                "vda",
                state,
                error,
                BackupMode.FULL,
                Optional.empty(),
                1024 * MIB,
                processedMib * MIB,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.of("qcow2"),
                Optional.of("/backup/vda.qcow2"),
                state.hasEnded() ? Optional.of(STARTED.plusSeconds(3)) : Optional.empty(),
                fallback);
        return job(3, true, state, error, Optional.of("monday"), Optional.empty(), OptionalInt.empty(), disk);
    }

    static BackupJob pull(NbdAddress server) {
        var disk = new BackupJob.Disk(
                "vda",
                JobState.RUNNING,
                Optional.empty(),
                BackupMode.INCREMENTAL,
                Optional.of("monday"),
                64 * MIB,
                80 * MIB,
                2 * MIB,
                1024 * MIB,
                Optional.of("vda"),
                Optional.of("backup-vda"),
                Optional.of("qcow2"),
                Optional.of("/scratch/vda.qcow2"),
                Optional.empty(),
                Optional.empty());
        return job(
                4,
                false,
                JobState.RUNNING,
                Optional.empty(),
                Optional.empty(),
                Optional.of(server),
                OptionalInt.of(2),
                disk);
    }

    private static BackupJob job(
            int id,
            boolean push,
            JobState state,
            Optional<String> error,
            Optional<String> checkpoint,
            Optional<NbdAddress> server,
            OptionalInt clients,
            BackupJob.Disk disk) {
        return new BackupJob(
                id,
                push,
                state,
                error,
                STARTED,
                state.hasEnded() ? Optional.of(STARTED.plusSeconds(4)) : Optional.empty(),
                Duration.ofSeconds(4),
                checkpoint,
                server,
                clients,
                false,
                List.of(disk));
    }
}
