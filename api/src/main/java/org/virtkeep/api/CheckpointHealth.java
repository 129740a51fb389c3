package org.virtkeep.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What is left of a checkpoint in the images: for each disk, whether an incremental backup can be based on
/// its bitmap.
///
/// @param name  of the checkpoint, or of bitmaps that no known checkpoint owns
/// @param known false for bitmaps in the images that no known checkpoint owns
/// @param disks those that the checkpoint tracks; of unknown bitmaps, those whose images hold one
public record CheckpointHealth(String name, boolean known, List<Disk> disks) {
    public CheckpointHealth {
        Objects.requireNonNull(name, "name is null");
        disks = List.copyOf(disks);
    }

    /// True if each disk is.
    public boolean ok() {
        return disks.stream().allMatch(disk -> disk.state() == State.OK);
    }

    /// One disk of it.
    ///
    /// @param disk   its target
    /// @param detail why it is not ok, or will not be after QEMU's end, for people
    public record Disk(String disk, State state, Optional<String> detail) {}

    /// Whether what a disk's bitmap says can be relied on.
    public enum State {
        /// It reaches from the active image down without a gap, and records.
        OK("ok"),
        /// It is not in the active image: an unclean end of QEMU before it was stored, a snapshot or a copy that
        /// did not take it along, or somebody removed it.
        MISSING("missing"),
        /// A QEMU that had the image open did not close it: what it recorded last is lost.
        INCONSISTENT("inconsistent"),
        /// It is there, and has stopped recording.
        NOT_RECORDING("not recording"),
        /// An image in the middle of the backing chain has none.
        GAP("gap"),
        /// The disk was resized after a snapshot, and bitmaps of two sizes cannot be joined.
        RESIZED("resized"),
        /// It could not be found out.
        UNKNOWN("unknown");

        private final String label;

        State(String label) {
            this.label = label;
        }

        /// For people and machines.
        public String label() {
            return label;
        }
    }
}
