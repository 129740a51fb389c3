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

/// What `snapshot-create` and `snapshot-create-as` have in common.
final class SnapshotCreation {
    private boolean noMetadata;
    private boolean diskOnly;
    private boolean reuseExternal;
    private boolean quiesce;
    private boolean atomic;
    private String checkpointXml;

    /// Tells the parser of them.
    void declare(Options options) {
        options.flag(
                "--no-metadata",
                "forget the snapshot's name at once; only its overlays remain",
                given -> noMetadata = given);
        options.flag(
                "--disk-only",
                "only the disks, not the guest's memory, which is not supported",
                given -> diskOnly = given);
        options.flag(
                "--reuse-external",
                "the overlays exist: empty qcow2 images that rest on the disks' images",
                given -> reuseExternal = given);
        options.flag(
                "--quiesce",
                "freeze the guest's file systems for the instant, through its agent; they are always thawed",
                given -> quiesce = given);
        options.flag("--atomic", "all disks or none, which is always so", given -> atomic = given);
        options.text(
                "--checkpointxml",
                "FILE",
                "file with a <domaincheckpoint> document, - for standard input: a checkpoint to create at the "
                        + "same instant; both come about or neither",
                word -> checkpointXml = word);
    }

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
