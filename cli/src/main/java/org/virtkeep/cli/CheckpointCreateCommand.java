package org.virtkeep.cli;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "checkpoint-create",
        header = "create a checkpoint from XML",
        description =
                "Creates a checkpoint from a <domaincheckpoint> document: from now on it is recorded what changes "
                        + "on its disks, and a later backup can be incremental to it. Without a document, all disks that "
                        + "can be written are recorded, and the checkpoint's name is the time.",
        footer = {
            "virtkeep checkpoint-create web1",
            "    records from now on what changes on all disks",
            "virtkeep checkpoint-create web1 monday.xml --quiesce",
            "    does what the document says, at an instant at which the file systems are clean"
        })
final class CheckpointCreateCommand extends DomainCommand {
    @Option(
            names = "--xmlfile",
            paramLabel = "XMLFILE",
            description = "file with a <domaincheckpoint> document, - for standard input")
    private String xmlFile;

    @Option(
            names = "--quiesce",
            description = "freeze the guest's file systems for the instant, through its agent; they are always thawed")
    private boolean quiesce;

    private CheckpointDefinition definition;

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--xmlfile");
    }

    @Override
    void check() {
        definition = Optional.ofNullable(xmlFile)
                .map(file -> CheckpointXml.read(
                        XmlInput.read(file, program().surroundings().in())))
                .orElseGet(() -> new CheckpointDefinition(
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Override
    void run(Domain domain, Output output) {
        create(domain, definition, quiesce, output);
    }

    static void create(Domain domain, CheckpointDefinition definition, boolean quiesce, Output output) {
        String name = domain.checkpointCreate(definition, quiesce ? Set.of(CheckpointCreateFlag.QUIESCE) : Set.of())
                .name();
        output.done(
                "Checkpoint '%s' of domain '%s' created".formatted(name, domain.name()),
                new JsonObject().put("domain", domain.name()).put("checkpoint", name));
    }
}
