package org.virtkeep.cli;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotDisk;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.XmlElement;

/// A snapshot in memory, created at 2023-11-14 22:13:20 UTC.
record FakeSnapshot(FakeHost host, String name, Optional<String> parent, boolean isCurrent) implements Snapshot {

    @Override
    public SnapshotDefinition definition() {
        return new SnapshotDefinition(
                Optional.of(name),
                Optional.empty(),
                Optional.of(SnapshotDefinition.DISKS_ONLY),
                OptionalLong.of(1_700_000_000),
                parent,
                Optional.of(SnapshotDisk.Location.NO),
                Optional.of(java.util.List.of(SnapshotDisk.external("vda", StorageKind.FILE, "/vda." + name))),
                Optional.of(XmlElement.of("domain")),
                Optional.empty());
    }

    @Override
    public String xml() {
        return "<domainsnapshot/>\n";
    }

    @Override
    public void delete(Set<DeleteFlag> flags, Consumer<Progress> progress) {
        host.calls.add("delete snapshot " + name + " " + new TreeSet<>(flags));
        progress.accept(new Progress(name, 1, 2));
    }

    @Override
    public void revert() {
        host.calls.add("revert " + name);
    }
}
