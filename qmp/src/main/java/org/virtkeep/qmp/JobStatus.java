package org.virtkeep.qmp;

/// Where a job stands (`JobStatus`, qapi/job.json).
public enum JobStatus {
    /// Only ever seen for a moment.
    UNDEFINED,
    CREATED,
    RUNNING,
    /// Stopped by us, or by an I/O error with the policy `stop` or `enospc`.
    PAUSED,
    /// A mirror or active commit has caught up and waits for `job-complete`.
    READY,
    /// Paused while ready.
    STANDBY,
    /// Done; waits for the other jobs of its transaction.
    WAITING,
    /// Done; waits for `job-finalize`, because it was started without `auto-finalize`.
    PENDING,
    /// Failed or cancelled; cleans up.
    ABORTING,
    /// Over; waits for `job-dismiss`, because it was started without `auto-dismiss`.
    CONCLUDED,
    /// Gone. Seen in events only.
    NULL,
    /// A state of a later QEMU that this program does not know.
    UNKNOWN;

    /// The state with QEMU's `name`, as [JobInfo] and the event `JOB_STATUS_CHANGE` have it.
    public static JobStatus of(String name) {
        return WireName.parse(JobStatus.class, name).orElse(UNKNOWN);
    }
}
