package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import org.virtkeep.model.SnapshotDisk;
import org.virtkeep.model.StorageKind;

/// Reads `--diskspec` of a snapshot, as virsh has it:
/// `DISK[,snapshot=MODE][,driver=FORMAT][,stype=file|block][,file=PATH]`. A comma in a value is doubled.
final class SnapshotDiskSpec {
    private SnapshotDiskSpec() {}

    /// @throws IllegalArgumentException with what is wrong, for the user
    static SnapshotDisk read(String spec) {
        List<String> parts = DiskSpec.split(spec);
        if (parts.getFirst().isEmpty()) {
            throw new IllegalArgumentException("--diskspec '%s' does not begin with a disk".formatted(spec));
        }
        Optional<SnapshotDisk.Location> location = Optional.empty();
        Optional<String> format = Optional.empty();
        Optional<String> file = Optional.empty();
        var kind = StorageKind.FILE;
        for (String part : parts.subList(1, parts.size())) {
            String value = part.substring(part.indexOf('=') + 1);
            switch (part.substring(0, part.length() - value.length())) {
                case "snapshot=" -> location = Optional.of(location(value, spec));
                case "driver=" -> format = Optional.of(value);
                case "stype=" -> kind = kind(value, spec);
                case "file=" -> file = Optional.of(value);
                default ->
                    throw new IllegalArgumentException(
                            "'%s' in --diskspec '%s' is none of snapshot=MODE, driver=FORMAT, stype=file|block, file=PATH"
                                    .formatted(part, spec));
            }
        }
        return new SnapshotDisk(parts.getFirst(), location, kind, format, file);
    }

    private static SnapshotDisk.Location location(String text, String spec) {
        for (SnapshotDisk.Location location : SnapshotDisk.Location.values()) {
            if (location.xml().equals(text)) {
                return location;
            }
        }
        throw new IllegalArgumentException(
                "'%s' in --diskspec '%s' is none of external, no, internal, manual".formatted(text, spec));
    }

    private static StorageKind kind(String text, String spec) {
        for (StorageKind kind : StorageKind.values()) {
            if (kind.xml().equals(text)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("'%s' in --diskspec '%s' is none of file, block".formatted(text, spec));
    }
}
