package org.virtkeep.qemu.snapshot;

import java.util.Optional;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DiskSourceXml;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotDisk;

/// What a snapshot's record says of disks: in the domain's XML, which image holds a disk's content as it was.
/// Stateless.
final class RecordedDisks {
    private RecordedDisks() {}

    static Optional<DiskSource> source(SnapshotDefinition snapshot, String target) {
        return snapshot.domain()
                .map(document -> DomainXml.read(document.write()))
                .flatMap(domain -> domain.disk(target))
                .flatMap(disk -> disk.source());
    }

    /// The snapshot, whose content for a disk was in `from` and is now in `to`.
    static SnapshotDefinition moved(
            SnapshotDefinition snapshot, String target, DiskSource from, DiskSource to, String format) {
        return source(snapshot, target).filter(from::equals).isPresent()
                ? snapshot.withDomain(DiskSourceXml.withImage(snapshot.domain().orElseThrow(), target, to, format))
                : snapshot;
    }

    /// The snapshot without the overlay of a disk.
    static SnapshotDefinition without(SnapshotDefinition snapshot, String target) {
        return snapshot.withDisks(snapshot.disks().orElseThrow().stream()
                .map(disk -> disk.name().equals(target) ? SnapshotDisk.without(target) : disk)
                .toList());
    }
}
