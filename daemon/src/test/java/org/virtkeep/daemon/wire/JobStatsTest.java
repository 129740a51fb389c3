package org.virtkeep.daemon.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.rpc.JobMessages;
import org.virtkeep.rpc.TypedParameter;

final class JobStatsTest {
    private static BackupJob job(boolean push, JobState state, Optional<String> error, long total, long tempTotal) {
        var disk = new BackupJob.Disk(
                "vda",
                state,
                error,
                BackupMode.FULL,
                Optional.empty(),
                total,
                total / 4,
                tempTotal / 2,
                tempTotal,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new BackupJob(
                7,
                push,
                state,
                error,
                Instant.EPOCH,
                Optional.empty(),
                Duration.ofMillis(1500),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                false,
                List.of(disk));
    }

    @Test
    void aRunningPushTellsWhatItHasCopied() {
        assertThat(JobStats.of(job(true, JobState.RUNNING, Optional.empty(), 400, 0)))
                .isEqualTo(new JobMessages.Stats(
                        2,
                        List.of(
                                TypedParameter.int32("operation", 9),
                                TypedParameter.unsignedInt64("time_elapsed", 1500),
                                TypedParameter.unsignedInt64("disk_total", 400),
                                TypedParameter.unsignedInt64("disk_processed", 100),
                                TypedParameter.unsignedInt64("disk_remaining", 300))));
    }

    @Test
    void aRunningPullTellsOnlyItsScratch() {
        assertThat(JobStats.of(job(false, JobState.RUNNING, Optional.empty(), 400, 1000))
                        .parameters())
                .containsExactly(
                        TypedParameter.int32("operation", 9),
                        TypedParameter.unsignedInt64("time_elapsed", 1500),
                        TypedParameter.unsignedInt64("disk_temp_used", 500),
                        TypedParameter.unsignedInt64("disk_temp_total", 1000));
    }

    @Test
    void aFailedJobTellsWhy() {
        JobMessages.Stats stats = JobStats.of(job(true, JobState.FAILED, Optional.of("no space"), 0, 0));

        assertThat(stats.type()).isEqualTo(4);
        assertThat(stats.parameters())
                .containsExactly(
                        TypedParameter.int32("operation", 9),
                        TypedParameter.unsignedInt64("time_elapsed", 1500),
                        TypedParameter.bool("success", false),
                        TypedParameter.text("errmsg", "no space"));
    }

    @Test
    void theOlderFormHasAmountsOfAPushOnly() {
        assertThat(JobStats.info(job(true, JobState.CANCELLED, Optional.empty(), 400, 0)))
                .isEqualTo(new JobMessages.Info(
                        5,
                        1500,
                        0,
                        new JobMessages.Amount(400, 100, 300),
                        JobMessages.Amount.NONE,
                        new JobMessages.Amount(400, 100, 300)));
        assertThat(JobStats.info(job(false, JobState.COMPLETED, Optional.empty(), 400, 0)))
                .isEqualTo(new JobMessages.Info(
                        3, 1500, 0, JobMessages.Amount.NONE, JobMessages.Amount.NONE, JobMessages.Amount.NONE));
    }
}
