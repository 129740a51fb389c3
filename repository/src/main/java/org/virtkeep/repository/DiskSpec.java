package org.virtkeep.repository;

import java.util.Map;
import java.util.Objects;

/// A disk that a backup is to hold.
///
/// @param name the disk's target in the domain, such as `vda`; unique in the backup
/// @param sizeBytes 0 to 4 PiB
/// @param labels small facts that belong to the disk, such as the image format; kept in the manifest
public record DiskSpec(String name, long sizeBytes, Map<String, String> labels) {

    /// @throws IllegalArgumentException if the name is empty or the size out of range
    public DiskSpec {
        Objects.requireNonNull(name, "name is null");
        if (name.isEmpty() || sizeBytes < 0 || sizeBytes > MapShape.MAX_SIZE_BYTES) {
            throw new IllegalArgumentException("disk '%s' of %d bytes".formatted(name, sizeBytes));
        }
        labels = Map.copyOf(labels);
    }

    public DiskSpec(String name, long sizeBytes) {
        this(name, sizeBytes, Map.of());
    }
}
