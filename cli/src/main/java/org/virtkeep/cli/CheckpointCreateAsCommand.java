package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.CheckpointXml;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "checkpoint-create-as",
        header = "create a checkpoint from arguments",
        description = {
            "Creates a checkpoint: from now on it is recorded what changes on its disks, and a later backup can be "
                    + "incremental to it.",
            "Without disk specifications all disks that can be written are recorded; with some, only those that they "
                    + "name are."
        },
        footer = {
            "virtkeep checkpoint-create-as web1 monday",
            "virtkeep checkpoint-create-as web1 monday --diskspec vda --diskspec vdb,checkpoint=no",
            "virtkeep checkpoint-create-as web1 friday --parent sunday",
            "    for a differential: a backup of all that changed since sunday",
            "virtkeep checkpoint-create-as web1 monday 'before the upgrade' --print-xml",
            "    shows the document, and does nothing"
        })
final class CheckpointCreateAsCommand extends DomainCommand {
    @Option(names = "--name", paramLabel = "NAME", description = "the checkpoint's name; without it, the time")
    private String name;

    @Option(names = "--description", paramLabel = "DESCRIPTION", description = "what it is for")
    private String description;

    @Option(
            names = "--parent",
            paramLabel = "PARENT",
            description = "the checkpoint that it follows, instead of the current one")
    private String parent;

    @Option(
            names = "--diskspec",
            paramLabel = "DISKSPEC",
            description = "a disk to record, as DISK[,checkpoint=bitmap|no][,bitmap=NAME]")
    private List<String> diskSpecs;

    @Option(names = "--quiesce", description = "freeze the guest's file systems for the instant, through its agent")
    private boolean quiesce;

    @Option(names = "--print-xml", description = "write the <domaincheckpoint> document instead of using it")
    private boolean printXml;

    private String document;

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--name", "--description").thenRest("--diskspec");
    }

    @Override
    void check() {
        document = CheckpointXml.write(definition());
    }

    @Override
    void run(Domain domain, Output output) {
        if (printXml) {
            output.xml(document);
        } else {
            // Read again, so that names from arguments meet the same rules as names from documents.
            CheckpointCreateCommand.create(
                    domain,
                    CheckpointXml.read(document),
                    quiesce ? Set.of(CheckpointCreateFlag.QUIESCE) : Set.of(),
                    output);
        }
    }

    private CheckpointDefinition definition() {
        return new CheckpointDefinition(
                Optional.ofNullable(name),
                Optional.ofNullable(description),
                OptionalLong.empty(),
                Optional.ofNullable(parent),
                disks().isEmpty() ? Optional.empty() : Optional.of(disks()),
                Optional.empty());
    }

    private List<CheckpointDisk> disks() {
        try {
            return diskSpecs.stream().map(DiskSpec::read).toList();
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }
}
