package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotXml;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "snapshot-create",
        header = "keep the state of a domain's disks, from XML",
        description = {
            "Takes a snapshot from a <domainsnapshot> document: the disks' images stay as they are, and what the guest "
                    + "writes from this instant on goes to new images on top of them, the overlays. Without a document, "
                    + "all disks that can be written take part, and the snapshot's name is the time.",
            "What is recorded for checkpoints goes on being recorded."
        },
        footer = {
            "virtkeep snapshot-create web1 --disk-only",
            "virtkeep snapshot-create web1 upgrade.xml --disk-only --quiesce --checkpointxml monday.xml",
            "    with a checkpoint at the same instant, at which the file systems are clean"
        })
final class SnapshotCreateCommand extends DomainCommand {
    @Option(
            names = "--xmlfile",
            paramLabel = "XMLFILE",
            description = "file with a <domainsnapshot> document, - for standard input")
    private String xmlFile;

    @Mixin
    private SnapshotCreation creation;

    private SnapshotDefinition definition;
    private Optional<CheckpointDefinition> checkpoint;

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--xmlfile");
    }

    @Override
    void check() {
        if (xmlFile != null && XmlInput.isStandardInput(xmlFile) && creation.readsStandardInput()) {
            throw usage("standard input can be only one of XMLFILE and --checkpointxml");
        }
        var input = program().surroundings().in();
        definition = Optional.ofNullable(xmlFile)
                .map(file -> SnapshotXml.read(XmlInput.read(file, input)))
                .orElseGet(SnapshotDefinition::empty);
        checkpoint = creation.checkpoint(input);
    }

    @Override
    void run(Domain domain, Output output) {
        creation.run(domain, definition, checkpoint, output);
    }
}
