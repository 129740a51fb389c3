package org.virtkeep.qemu.blockjob;

import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.snapshot.MergeDisk;
import org.virtkeep.qemu.snapshot.MergeStep;
import org.virtkeep.qemu.snapshot.SnapshotContents;

/// What each kind of job does in QEMU. Stateless.
final class BlockJobStep {
    private BlockJobStep() {}

    static MergeStep of(DomainSession session, BlockJobRecord job) {
        return new MergeStep(session, job.disk(), () -> start(session, job));
    }

    private static void start(DomainSession session, BlockJobRecord job) {
        MergeDisk disk = job.disk();
        SnapshotContents.spoil(session, disk);
        session.execute(MergeStep.commit(session, disk, job.asked().backingFile())
                .withSpeed(job.asked().bytesPerSecond()));
    }
}
