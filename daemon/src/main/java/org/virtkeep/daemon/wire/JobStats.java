package org.virtkeep.daemon.wire;

import java.util.ArrayList;
import java.util.List;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.JobState;
import org.virtkeep.rpc.JobMessages;
import org.virtkeep.rpc.TypedParameter;

/// A backup job in the words in which libvirt tells of a domain's job. Stateless.
public final class JobStats {
    /// `virDomainJobType`.
    private static final int TYPE_NONE = 0;

    private static final int TYPE_UNBOUNDED = 2;
    private static final int TYPE_COMPLETED = 3;
    private static final int TYPE_FAILED = 4;
    private static final int TYPE_CANCELLED = 5;

    /// `VIR_DOMAIN_JOB_OPERATION_BACKUP`.
    private static final int OPERATION_BACKUP = 9;

    public static final JobMessages.Stats NONE = new JobMessages.Stats(TYPE_NONE, List.of());
    public static final JobMessages.Info NO_INFO = new JobMessages.Info(
            TYPE_NONE, 0, 0, JobMessages.Amount.NONE, JobMessages.Amount.NONE, JobMessages.Amount.NONE);

    private JobStats() {}

    public static JobMessages.Stats of(BackupJob job) {
        return new JobMessages.Stats(type(job.state()), parameters(job));
    }

    /// Of a running backup libvirt says that its end is not known.
    private static int type(JobState state) {
        return switch (state) {
            case RUNNING -> TYPE_UNBOUNDED;
            case COMPLETED -> TYPE_COMPLETED;
            case FAILED -> TYPE_FAILED;
            case CANCELLED -> TYPE_CANCELLED;
        };
    }

    /// With those of libvirt's parameters that it gives for a push, or for a pull; in its order.
    public static List<TypedParameter> parameters(BackupJob job) {
        var parameters = new ArrayList<TypedParameter>();
        parameters.add(TypedParameter.int32("operation", OPERATION_BACKUP));
        parameters.add(
                TypedParameter.unsignedInt64("time_elapsed", job.elapsed().toMillis()));
        if (job.push() && job.total() > 0) {
            parameters.add(TypedParameter.unsignedInt64("disk_total", job.total()));
            parameters.add(TypedParameter.unsignedInt64("disk_processed", job.processed()));
            parameters.add(TypedParameter.unsignedInt64("disk_remaining", remaining(job)));
        }
        if (job.tempTotal() > 0) {
            parameters.add(TypedParameter.unsignedInt64("disk_temp_used", job.tempUsed()));
            parameters.add(TypedParameter.unsignedInt64("disk_temp_total", job.tempTotal()));
        }
        if (job.state().hasEnded()) {
            parameters.add(TypedParameter.bool("success", job.state() == JobState.COMPLETED));
            job.error().ifPresent(error -> parameters.add(TypedParameter.text("errmsg", error)));
        }
        return List.copyOf(parameters);
    }

    public static JobMessages.Info info(BackupJob job) {
        var disks = job.push()
                ? new JobMessages.Amount(job.total(), job.processed(), remaining(job))
                : JobMessages.Amount.NONE;
        return new JobMessages.Info(
                type(job.state()), job.elapsed().toMillis(), 0, disks, JobMessages.Amount.NONE, disks);
    }

    private static long remaining(BackupJob job) {
        return Math.max(0, job.total() - job.processed());
    }
}
