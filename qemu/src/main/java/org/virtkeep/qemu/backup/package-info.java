/// Checkpoints and backup jobs.
///
/// Start with [org.virtkeep.qemu.backup.BackupBegin] (how a job comes about),
/// [org.virtkeep.qemu.backup.BackupJobs] (how it is carried on by whoever meets it) and
/// [org.virtkeep.qemu.backup.JobEnding] (how it ends). A job's [org.virtkeep.qemu.backup.Keeper] is a process
/// of its own and uses the same classes. Nothing is kept in memory between two sessions: records are in
/// files, the rest is asked of QEMU.
package org.virtkeep.qemu.backup;
