package org.virtkeep.model;

import java.util.Optional;
import java.util.OptionalInt;

/// Disks of a domain, made briefly.
final class TestDisks {
    private TestDisks() {}

    static DomainDisk file(String target, String format) {
        return disk(target, Optional.of(new DiskSource.File("/images/" + target)), format, false, Optional.empty());
    }

    static DomainDisk readOnly(String target) {
        return disk(target, Optional.of(new DiskSource.File("/images/" + target)), "qcow2", true, Optional.empty());
    }

    static DomainDisk empty(String target) {
        return disk(target, Optional.empty(), "raw", true, Optional.empty());
    }

    static DomainDisk on(String target, DiskSource source) {
        return disk(target, Optional.of(source), "qcow2", false, Optional.empty());
    }

    static DomainDisk withDataFile(String target, String path) {
        return disk(
                target,
                Optional.of(new DiskSource.File("/images/" + target)),
                "qcow2",
                false,
                Optional.of(new DiskSource.File(path)));
    }

    private static DomainDisk disk(
            String target,
            Optional<DiskSource> source,
            String format,
            boolean readOnly,
            Optional<DiskSource> dataFile) {
        return new DomainDisk(
                target,
                DomainDisk.Device.DISK,
                DomainDisk.Bus.VIRTIO,
                source,
                format,
                readOnly,
                dataFile,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }
}
