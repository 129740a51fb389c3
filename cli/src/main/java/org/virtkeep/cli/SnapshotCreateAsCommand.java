package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotDisk;
import org.virtkeep.model.SnapshotXml;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "snapshot-create-as",
        header = "keep the state of a domain's disks, from arguments",
        description = {
            "Takes a snapshot: the disks' images stay as they are, and what the guest writes from this instant on goes to "
                    + "new images on top of them, the overlays.",
            "Without disk specifications all disks that can be written take part. An overlay without a file is beside the "
                    + "disk's image, with the snapshot's name in the place of the extension."
        },
        footer = {
            "virtkeep snapshot-create-as web1 before-upgrade --disk-only",
            "virtkeep snapshot-create-as web1 s1 --disk-only --diskspec vda,file=/fast/s1",
            "virtkeep snapshot-create-as web1 s1 'before the upgrade' --print-xml",
            "    shows the document, and does nothing"
        })
final class SnapshotCreateAsCommand extends DomainCommand {
    @Option(names = "--name", paramLabel = "NAME", description = "the snapshot's name; without it, the time")
    private String name;

    @Option(names = "--description", paramLabel = "DESCRIPTION", description = "what it is for")
    private String description;

    @Option(
            names = "--diskspec",
            paramLabel = "DISKSPEC",
            description = "a disk, as DISK, followed by any of ,snapshot=external|no ,driver=qcow2 ,stype=file|block "
                    + ",file=PATH; disks that are not named take part as well")
    private List<String> diskSpecs;

    @Option(names = "--print-xml", description = "write the <domainsnapshot> document instead of using it")
    private boolean printXml;

    @Mixin
    private SnapshotCreation creation;

    private String document;
    private Optional<CheckpointDefinition> checkpoint;

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--name", "--description").thenRest("--diskspec");
    }

    @Override
    void check() {
        document = SnapshotXml.write(definition());
        checkpoint = creation.checkpoint(program().surroundings().in());
    }

    @Override
    void run(Domain domain, Output output) {
        if (printXml) {
            output.xml(document);
        } else {
            // Read again, so that names from arguments meet the same rules as names from documents.
            creation.run(domain, SnapshotXml.read(document), checkpoint, output);
        }
    }

    private SnapshotDefinition definition() {
        SnapshotDefinition definition = SnapshotDefinition.empty();
        if (name != null) {
            definition = definition.withName(name);
        }
        if (description != null) {
            definition = definition.withDescription(description);
        }
        return disks().isEmpty() ? definition : definition.withDisks(disks());
    }

    private List<SnapshotDisk> disks() {
        try {
            return diskSpecs.stream().map(SnapshotDiskSpec::read).toList();
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }
}
