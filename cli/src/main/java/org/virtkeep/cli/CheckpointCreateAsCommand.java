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

final class CheckpointCreateAsCommand extends DomainCommand {
    private String name;
    private String description;
    private String parent;
    private List<String> diskSpecs;
    private boolean quiesce;
    private boolean printXml;
    private String document;

    @Override
    Manual manual() {
        return Manual.of("create a checkpoint from arguments")
                .description(
                        "Creates a checkpoint: from now on it is recorded what changes on its disks, and a later backup can be "
                                + "incremental to it.",
                        "Without disk specifications all disks that can be written are recorded; with some, only those that they "
                                + "name are.")
                .examples(
                        "virtkeep checkpoint-create-as web1 monday",
                        "virtkeep checkpoint-create-as web1 monday --diskspec vda --diskspec vdb,checkpoint=no",
                        "virtkeep checkpoint-create-as web1 friday --parent sunday",
                        "    for a differential: a backup of all that changed since sunday",
                        "virtkeep checkpoint-create-as web1 monday 'before the upgrade' --print-xml",
                        "    shows the document, and does nothing");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--name", "NAME", "the checkpoint's name; without it, the time", word -> name = word);
        options.text("--description", "DESCRIPTION", "what it is for", word -> description = word);
        options.text(
                "--parent",
                "PARENT",
                "the checkpoint that it follows, instead of the current one",
                word -> parent = word);
        options.texts(
                "--diskspec",
                "DISKSPEC",
                "a disk to record, as DISK[,checkpoint=bitmap|no][,bitmap=NAME]",
                words -> diskSpecs = words);
        options.flag(
                "--quiesce",
                "freeze the guest's file systems for the instant, through its agent",
                given -> quiesce = given);
        options.flag(
                "--print-xml", "write the <domaincheckpoint> document instead of using it", given -> printXml = given);
    }

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
