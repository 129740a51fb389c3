package org.virtkeep.cli;

import java.io.InputStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.SnapshotDefinition;
import picocli.CommandLine.Option;

/// What `snapshot-create` and `snapshot-create-as` have in common.
final class SnapshotCreation {
    @Option(names = "--no-metadata", description = "forget the snapshot's name at once; only its overlays remain")
    private boolean noMetadata;

    @Option(names = "--disk-only", description = "only the disks, not the guest's memory, which is not supported")
    private boolean diskOnly;

    @Option(
            names = "--reuse-external",
            description = "the overlays exist: empty qcow2 images that rest on the disks' images")
    private boolean reuseExternal;

    @Option(
            names = "--quiesce",
            description = "freeze the guest's file systems for the instant, through its agent; they are always thawed")
    private boolean quiesce;

    @Option(names = "--atomic", description = "all disks or none, which is always so")
    private boolean atomic;

    @Option(
            names = "--checkpointxml",
            paramLabel = "FILE",
            description =
                    "file with a <domaincheckpoint> document, - for standard input: a checkpoint to create at the "
                            + "same instant; both come about or neither")
    private String checkpointXml;

    boolean readsStandardInput() {
        return checkpointXml != null && XmlInput.isStandardInput(checkpointXml);
    }

    Optional<CheckpointDefinition> checkpoint(InputStream standardInput) {
        return Optional.ofNullable(checkpointXml).map(file -> CheckpointXml.read(XmlInput.read(file, standardInput)));
    }

    private Set<SnapshotCreateFlag> flags() {
        var flags = EnumSet.noneOf(SnapshotCreateFlag.class);
        Chosen.add(flags, noMetadata, SnapshotCreateFlag.NO_METADATA);
        Chosen.add(flags, diskOnly, SnapshotCreateFlag.DISK_ONLY);
        Chosen.add(flags, reuseExternal, SnapshotCreateFlag.REUSE_EXTERNAL);
        Chosen.add(flags, quiesce, SnapshotCreateFlag.QUIESCE);
        Chosen.add(flags, atomic, SnapshotCreateFlag.ATOMIC);
        return flags;
    }

    void run(Domain domain, SnapshotDefinition definition, Optional<CheckpointDefinition> checkpoint, Output output) {
        String name = domain.snapshotCreate(definition, checkpoint, flags()).name();
        var facts = new JsonObject().put("domain", domain.name()).put("snapshot", name);
        output.done("Snapshot '%s' of domain '%s' created".formatted(name, domain.name()), facts);
    }
}
