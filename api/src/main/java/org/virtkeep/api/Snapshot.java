package org.virtkeep.api;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.virtkeep.model.SnapshotDefinition;

/// A named state of a domain's disks: the images as they were, below the overlays that the domain has written
/// to since. A handle. Thread-safe.
///
/// Any call but [#name()] throws NO_DOMAIN_SNAPSHOT when the snapshot has been deleted meanwhile, or was
/// created without metadata.
public interface Snapshot {

    String name();

    /// The snapshot before this one; empty for a root.
    Optional<String> parent();

    /// True for the one that the domain's disks go on from, which the next snapshot will have as its parent.
    boolean isCurrent();

    /// The stored definition, with the domain's XML as it was then.
    SnapshotDefinition definition();

    /// [#definition] as `<domainsnapshot>`.
    String xml();

    /// Deletes the snapshot (`virDomainSnapshotDelete`): each of its overlays is merged into the image below
    /// while the guest goes on, with what is recorded for checkpoints, and its file is deleted; children
    /// move to the parent. Returns when that is done.
    ///
    /// If it fails on the way, or the caller dies, no data is lost: the next operation on the domain
    /// goes on, or the snapshot is still there and can be deleted again.
    ///
    /// @param progress is told how far the merging is, from the calling thread
    /// @throws org.virtkeep.model.VirtException OPERATION_INVALID if the domain does not run, a backup of one
    ///     of the disks does, or the image below is needed by another snapshot; OPERATION_FAILED with QEMU's
    ///     reason if merging failed
    void delete(Set<DeleteFlag> flags, Consumer<Progress> progress);

    /// [#delete(Set, Consumer)] without being told of progress.
    default void delete(Set<DeleteFlag> flags) {
        delete(flags, _ -> {});
    }

    /// Puts the domain, which must be shut off, back to the snapshot's state: its disks get new, empty
    /// overlays on the images as they were (`virDomainRevertToSnapshot`). What was written since stays in the
    /// old overlays, which the domain does not use any more.
    ///
    /// @throws org.virtkeep.model.VirtException OPERATION_INVALID if the domain runs, or the images are not
    ///     what they were any more
    void revert();

    /// How far a deletion is.
    ///
    /// @param snapshot  the one that is being deleted: with CHILDREN it may be another than was asked for
    /// @param doneBytes merged so far
    /// @param allBytes  what is expected to be merged; may grow while the guest writes
    record Progress(String snapshot, long doneBytes, long allBytes) {}

    enum DeleteFlag {
        /// Also delete all descendants.
        CHILDREN,
        /// Delete all descendants, but not the snapshot itself.
        CHILDREN_ONLY,
        /// Forget the snapshot, and leave its images as they are.
        METADATA_ONLY
    }
}
