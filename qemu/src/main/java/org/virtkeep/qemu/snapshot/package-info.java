/// Snapshots of a domain's disks: how they are taken, deleted and gone back to.
///
/// A snapshot of a disk is its image as it was; what is written afterwards goes to an overlay on top of it.
/// All changes of the set of snapshots are recorded before they begin, and whoever opens the domain next
/// finishes or undoes what was interrupted ([org.virtkeep.qemu.snapshot.SnapshotRecovery]).
package org.virtkeep.qemu.snapshot;
