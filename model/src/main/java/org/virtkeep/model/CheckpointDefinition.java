package org.virtkeep.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A `<domaincheckpoint>` document. In a request most parts may be missing; a stored checkpoint has all of
/// them.
///
/// @param name         letters, digits, `_`, `-`, `.` (not first)
/// @param creationTime seconds since the epoch
/// @param parent       name of the parent checkpoint
/// @param disks        empty Optional: the document has no `<disks>`, so defaults choose
/// @param domain       the domain's inactive XML at creation
public record CheckpointDefinition(
        Optional<String> name,
        Optional<String> description,
        OptionalLong creationTime,
        Optional<String> parent,
        Optional<List<CheckpointDisk>> disks,
        Optional<XmlElement> domain) {

    public CheckpointDefinition {
        disks = disks.map(List::copyOf);
    }
}
