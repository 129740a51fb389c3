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

    /// The same checkpoint without the domain's XML, as with libvirt's flag NO_DOMAIN.
    public CheckpointDefinition withoutDomain() {
        return new CheckpointDefinition(name, description, creationTime, parent, disks, Optional.empty());
    }

    /// The same checkpoint with the domain's XML at its creation.
    public CheckpointDefinition withDomain(XmlElement document) {
        return new CheckpointDefinition(name, description, creationTime, parent, disks, Optional.of(document));
    }

    /// The same checkpoint as a child of another, or as a root.
    public CheckpointDefinition withParent(Optional<String> other) {
        return new CheckpointDefinition(name, description, creationTime, other, disks, domain);
    }

    /// The same checkpoint with other disks, for example with their sizes.
    public CheckpointDefinition withDisks(List<CheckpointDisk> others) {
        return new CheckpointDefinition(name, description, creationTime, parent, Optional.of(others), domain);
    }

    /// The same checkpoint without what the domain's XML keeps secret, as without libvirt's flag SECURE.
    public CheckpointDefinition withoutSecrets() {
        return domain.map(document -> withDomain(DomainSecrets.removedFrom(document)))
                .orElse(this);
    }
}
