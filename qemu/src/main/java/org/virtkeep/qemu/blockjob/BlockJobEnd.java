package org.virtkeep.qemu.blockjob;

import java.io.IOException;
import java.nio.file.Path;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.model.DiskSource;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.snapshot.MergeDisk;
import org.virtkeep.qemu.snapshot.SnapshotContents;
import org.virtkeep.qemu.state.Durable;

/// What follows for records and files when a job has ended. Every step may be repeated.
record BlockJobEnd(DomainSession session, BlockJobRecord job) {

    static BlockJobEnd of(DomainSession session, BlockJobRecord job) {
        return new BlockJobEnd(session, job);
    }

    /// The disk is on other images.
    ///
    /// @param closed nobody has those open that are not needed any more
    void follow(boolean closed) {
        MergeDisk disk = job.disk();
        if (disk.active()) {
            session.moveDisk(disk.target(), disk.top(), disk.base(), disk.baseFormat());
        } else if (job.type() == BlockJobType.COMMIT) {
            SnapshotContents.moved(session, disk);
        }
        if (closed && job.asked().delete()) {
            disk.sources().forEach(this::delete);
        }
    }

    /// A block device stays.
    private void delete(DiskSource image) {
        if (image instanceof DiskSource.File(String path)) {
            try {
                session.root().durable().delete(Path.of(path));
            } catch (IOException e) {
                throw Durable.failure("delete", Path.of(path), e);
            }
        }
    }

    /// The job was ended before the disk went over: what was made for it is closed.
    void undo() {
        if (job.type() == BlockJobType.COPY) {
            new CopyTarget(session, job).close();
        }
    }

    /// The job has not begun: nor is the file that was made for it of any use.
    void discard() {
        if (job.type() == BlockJobType.COPY && job.phase() == BlockJobRecord.Phase.BEGINNING) {
            new CopyTarget(session, job).delete();
        }
    }

    /// Whether the disk, whose QEMU has died, is on other images. For the active image what was noted decides, for
    /// both images are the same.
    boolean hasGoneOver() {
        return job.disk().active() || !SnapshotContents.isInChain(session, job.disk());
    }
}
