package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotXml;

final class SnapshotCreateCommand extends DomainCommand {
    private String xmlFile;
    private final SnapshotCreation creation = new SnapshotCreation();
    private SnapshotDefinition definition;
    private Optional<CheckpointDefinition> checkpoint;

    @Override
    Manual manual() {
        return Manual.of("keep the state of a domain's disks, from XML")
                .description(
                        "Takes a snapshot from a <domainsnapshot> document: the disks' images stay as they are, and what the guest "
                                + "writes from this instant on goes to new images on top of them, the overlays. Without a document, "
                                + "all disks that can be written take part, and the snapshot's name is the time.",
                        "What is recorded for checkpoints goes on being recorded.")
                .examples(
                        "virtkeep snapshot-create web1 --disk-only",
                        "virtkeep snapshot-create web1 upgrade.xml --disk-only --quiesce --checkpointxml monday.xml",
                        "    with a checkpoint at the same instant, at which the file systems are clean");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text(
                "--xmlfile",
                "XMLFILE",
                "file with a <domainsnapshot> document, - for standard input",
                word -> xmlFile = word);
        creation.declare(options);
    }

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
