package org.virtkeep.model;

import java.util.Optional;

/// One `<disk>` of a `<domainsnapshot>` document.
///
/// @param name     target device, or in a request also the absolute path of its source
/// @param location how its content is kept; empty in a request that leaves it to the defaults
/// @param kind     what holds the overlay
/// @param format   image format of the overlay
/// @param path     the overlay: the new active image, of which the old one becomes the backing image
public record SnapshotDisk(
        String name, Optional<Location> location, StorageKind kind, Optional<String> format, Optional<String> path) {

    /// Where a disk's content as it was is kept (`snapshot=`).
    public enum Location {
        /// The disk takes no part.
        NO,
        /// In the same image (`savevm`).
        INTERNAL,
        /// In the image itself; what is written afterwards goes to a new one.
        EXTERNAL,
        /// By somebody else, such as the storage below.
        MANUAL;

        /// The XML's spelling.
        public String xml() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// A disk that takes no part.
    public static SnapshotDisk without(String name) {
        return new SnapshotDisk(name, Optional.of(Location.NO), StorageKind.FILE, Optional.empty(), Optional.empty());
    }

    /// A disk that gets a qcow2 overlay.
    public static SnapshotDisk external(String name, StorageKind kind, String path) {
        return new SnapshotDisk(name, Optional.of(Location.EXTERNAL), kind, Optional.of("qcow2"), Optional.of(path));
    }

    public boolean isExternal() {
        return location.filter(Location.EXTERNAL::equals).isPresent();
    }

    /// Where the overlay is.
    ///
    /// @throws java.util.NoSuchElementException unless it has a path
    public DiskSource source() {
        return kind == StorageKind.BLOCK
                ? new DiskSource.Block(path.orElseThrow())
                : new DiskSource.File(path.orElseThrow());
    }
}
