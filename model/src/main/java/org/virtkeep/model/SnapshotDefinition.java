package org.virtkeep.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A `<domainsnapshot>` document. In a request most parts may be missing; a stored snapshot has name, state,
/// time, disks and the domain's XML.
///
/// @param state        what the domain was: `disk-snapshot` (its disks alone), `shutoff`, `running`, …
/// @param creationTime seconds since the epoch
/// @param parent       name of the parent snapshot
/// @param memory       how the guest's memory is kept; empty if the document does not say
/// @param disks        empty Optional: the document has no `<disks>`, so defaults choose
/// @param domain       the domain's XML as it was: its disks' sources are the images that hold their content
/// @param cookie       what the driver remembers beside it (`<cookie>`); not for users
public record SnapshotDefinition(
        Optional<String> name,
        Optional<String> description,
        Optional<String> state,
        OptionalLong creationTime,
        Optional<String> parent,
        Optional<SnapshotDisk.Location> memory,
        Optional<List<SnapshotDisk>> disks,
        Optional<XmlElement> domain,
        Optional<XmlElement> cookie) {

    /// The state of a snapshot that holds the disks of a running domain and not its memory.
    public static final String DISKS_ONLY = "disk-snapshot";

    /// The state of a snapshot of a domain that did not run.
    public static final String SHUT_OFF = "shutoff";

    public SnapshotDefinition {
        disks = disks.map(List::copyOf);
    }

    /// A request that leaves everything to the defaults.
    public static SnapshotDefinition empty() {
        return new SnapshotDefinition(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// The disks that got an overlay.
    public List<SnapshotDisk> external() {
        return disks.orElse(List.of()).stream().filter(SnapshotDisk::isExternal).toList();
    }

    public SnapshotDefinition withName(String other) {
        return new SnapshotDefinition(
                Optional.of(other), description, state, creationTime, parent, memory, disks, domain, cookie);
    }

    public SnapshotDefinition withDescription(String other) {
        return new SnapshotDefinition(
                name, Optional.of(other), state, creationTime, parent, memory, disks, domain, cookie);
    }

    /// The same snapshot with what it is for, and when it was made.
    SnapshotDefinition with(Optional<String> text, OptionalLong time) {
        return new SnapshotDefinition(name, text, state, time, parent, memory, disks, domain, cookie);
    }

    public SnapshotDefinition withState(String other) {
        return new SnapshotDefinition(
                name, description, Optional.of(other), creationTime, parent, memory, disks, domain, cookie);
    }

    /// The same snapshot as a child of another, or as a root.
    public SnapshotDefinition withParent(Optional<String> other) {
        return new SnapshotDefinition(name, description, state, creationTime, other, memory, disks, domain, cookie);
    }

    public SnapshotDefinition withMemory(SnapshotDisk.Location other) {
        return new SnapshotDefinition(
                name, description, state, creationTime, parent, Optional.of(other), disks, domain, cookie);
    }

    public SnapshotDefinition withDisks(List<SnapshotDisk> others) {
        return new SnapshotDefinition(
                name, description, state, creationTime, parent, memory, Optional.of(others), domain, cookie);
    }

    /// The same snapshot without what the domain's XML keeps secret.
    public SnapshotDefinition withoutSecrets() {
        return domain.map(document -> withDomain(DomainSecrets.removedFrom(document)))
                .orElse(this);
    }

    public SnapshotDefinition withDomain(XmlElement document) {
        return new SnapshotDefinition(
                name, description, state, creationTime, parent, memory, disks, Optional.of(document), cookie);
    }

    public SnapshotDefinition withCookie(Optional<XmlElement> other) {
        return new SnapshotDefinition(name, description, state, creationTime, parent, memory, disks, domain, other);
    }
}
