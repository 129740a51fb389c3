package org.virtkeep.repository;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a commit adds to a backup.
///
/// @param instant the point in time the backup stands for
/// @param quiesced whether the guest's file systems were frozen at that instant
/// @param checkpoints names of the checkpoints made at that instant
/// @param labels small facts, such as the versions of the programs; big ones are attachments
public record BackupMetadata(Instant instant, boolean quiesced, List<String> checkpoints, Map<String, String> labels) {

    public BackupMetadata {
        Objects.requireNonNull(instant, "instant is null");
        checkpoints = List.copyOf(checkpoints);
        labels = Map.copyOf(labels);
    }

    public static BackupMetadata at(Instant instant) {
        return new BackupMetadata(instant, false, List.of(), Map.of());
    }
}
