package org.virtkeep.api;

import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.VirtException;

/// Jobs that change which images a disk consists of, while its guest goes on. A part of [Domain]. A disk has
/// at most one at a time, and none while a backup copies it.
///
/// A disk is named by its target, such as `vda`, or by the path of its active image. Every call throws
/// INVALID_ARG if there is no such disk, and OPERATION_INVALID if the domain does not run.
///
/// Who began a job need not stay: one that is to end by itself does, when the next operation on the domain finds
/// it done; one that waits for a pivot waits. Until it has gone over to another image, the disk is on the
/// images that it was on, whoever dies. A job ends with its domain's QEMU.
public interface BlockJobOperations {

    /// Begins to merge images of a disk into one below (`virDomainBlockCommit`). What is recorded for checkpoints
    /// is merged with them. If the active image is among them, the job becomes ready and waits for
    /// [#blockJobAbort]; else it ends by itself.
    ///
    /// @throws VirtException INVALID_ARG if the images are not in the chain as named, or the active one is meant
    ///     without ACTIVE; BLOCK_COPY_ACTIVE or OPERATION_UNSUPPORTED if the disk has a job;
    ///     CHECKPOINT_INCONSISTENT if a bitmap in these images is broken; OPERATION_INVALID while a snapshot is
    ///     being deleted
    default void blockCommit(String disk, BlockCommit commit) {
        throw NotOffered.by("virDomainBlockCommit");
    }

    /// Begins to pull images from below into the active one (`virDomainBlockPull`,
    /// `virDomainBlockRebase`), which does not need them afterwards; their files stay. What is recorded
    /// for checkpoints is pulled with them. It ends by itself.
    ///
    /// @throws VirtException as [#blockCommit]
    default void blockPull(String disk, BlockPull pull) {
        throw NotOffered.by("virDomainBlockRebase");
    }

    /// Begins to copy a disk (`virDomainBlockCopy`). When the copy has caught up with the guest, the job is ready and
    /// keeps it equal; with a pivot the disk goes over to it, with what is recorded for checkpoints, and without
    /// one it stays as it was at the job's end.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED if the destination exists, or cannot be used; INVALID_ARG for a
    ///     shallow copy into a raw image; otherwise as [#blockCommit]. Nothing is left then
    default void blockCopy(String disk, BlockCopy copy) {
        throw NotOffered.by("virDomainBlockCopy");
    }

    /// The job of a disk; empty if it has none. Backups are told by [Domain#backupJobs()].
    default Optional<DiskJob> blockJob(String disk) {
        throw NotOffered.by("virDomainGetBlockJobInfo");
    }

    /// Ends the job of a disk (`virDomainBlockJobAbort`): without PIVOT the disk stays on the images that it is on.
    ///
    /// @throws VirtException INVALID_ARG if it has none; with PIVOT: BLOCK_COPY_ACTIVE if it is not ready,
    ///     OPERATION_INVALID if it is of a kind that does not wait for a pivot, OPERATION_FAILED with the reason
    ///     if the disk could not go over, and stays where it was; OPERATION_TIMEOUT if the guest writes
    ///     faster than the job can follow
    default void blockJobAbort(String disk, Set<BlockJobEnd> flags) {
        throw NotOffered.by("virDomainBlockJobAbort");
    }

    /// Limits the job of a disk (`virDomainBlockJobSetSpeed`).
    ///
    /// @param bytesPerSecond 0 is no limit
    /// @throws VirtException INVALID_ARG if it has none
    default void setBlockJobSpeed(String disk, long bytesPerSecond) {
        throw NotOffered.by("virDomainBlockJobSetSpeed");
    }

    /// Asks to be told once when a write goes beyond a place in an image's file (`virDomainSetBlockThreshold`), so
    /// that storage can be given more room in time: see [Event.Notice.ThresholdExceeded].
    ///
    /// @param device a disk's target, or another image of its chain as `vda[1]`
    /// @param bytes  0 not to be told any more
    default void setBlockThreshold(String device, long bytes) {
        throw NotOffered.by("virDomainSetBlockThreshold");
    }

    /// How a job is ended, with libvirt's bits (`virDomainBlockJobAbortFlags`).
    enum BlockJobEnd {
        /// Do not wait until it has ended.
        ASYNC(1),
        /// Let the disk go over to the image that the job has written.
        PIVOT(1 << 1);

        private final int wireValue;

        BlockJobEnd(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }
}
