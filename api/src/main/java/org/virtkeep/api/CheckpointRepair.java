package org.virtkeep.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What was done, or would be done, to make checkpoints and images agree again.
///
/// @param steps in the order in which they were taken; empty if there was nothing to do
/// @param dryRun true if nothing was changed
public record CheckpointRepair(List<Step> steps, boolean dryRun) {
    public CheckpointRepair {
        steps = List.copyOf(steps);
    }

    /// One thing that was done, or left alone.
    ///
    /// @param checkpoint the checkpoint's name, or that of bitmaps that no checkpoint owns
    /// @param disk       the disk it was done to; empty if it was done to the checkpoint as a whole
    /// @param detail     why, for people
    public record Step(String checkpoint, Optional<String> disk, Action action, String detail) {
        public Step {
            Objects.requireNonNull(checkpoint, "checkpoint is null");
            Objects.requireNonNull(disk, "disk is null");
            Objects.requireNonNull(action, "action is null");
            Objects.requireNonNull(detail, "detail is null");
        }
    }

    public enum Action {
        /// The checkpoint does not track the disk any more, for what changed on it is not known.
        DISK_LOST("disk lost"),
        /// Bitmaps that nobody can use were removed from the disk's images.
        BITMAPS_REMOVED("bitmaps removed"),
        /// The checkpoint is forgotten, for no disk of it was left; its children follow its parent.
        CHECKPOINT_DROPPED("checkpoint dropped"),
        /// The checkpoint, found in the images, is known from now on.
        CHECKPOINT_IMPORTED("checkpoint imported"),
        /// Something was found that is left alone, with the reason.
        LEFT("left");

        private final String label;

        Action(String label) {
            this.label = label;
        }

        /// For people and machines.
        public String label() {
            return label;
        }
    }
}
