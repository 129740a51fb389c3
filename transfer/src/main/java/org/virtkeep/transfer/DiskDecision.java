package org.virtkeep.transfer;

import java.util.Optional;

/// How one disk is backed up, and why.
///
/// @param disk its target
/// @param base what an incremental rests on; empty for reading everything
/// @param why in a few words, for people
/// @param unexpected the disk has a backup, but what changed since is not known: people should be told
public record DiskDecision(String disk, Optional<Base> base, String why, boolean unexpected) {

    /// A backup and the checkpoint that was made at its instant.
    public record Base(String backup, String checkpoint) {}

    static DiskDecision incremental(String disk, Base base) {
        return new DiskDecision(disk, Optional.of(base), "changed since backup '%s'".formatted(base.backup()), false);
    }

    static DiskDecision full(String disk, String why) {
        return new DiskDecision(disk, Optional.empty(), why, false);
    }

    static DiskDecision lost(String disk, String why) {
        return new DiskDecision(disk, Optional.empty(), why, true);
    }

    /// `incremental` or `full`.
    public String mode() {
        return base.isPresent() ? "incremental" : "full";
    }
}
