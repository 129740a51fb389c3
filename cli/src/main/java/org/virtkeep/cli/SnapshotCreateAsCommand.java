package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotDisk;
import org.virtkeep.model.SnapshotXml;

final class SnapshotCreateAsCommand extends DomainCommand {
    private String name;
    private String description;
    private List<String> diskSpecs;
    private boolean printXml;
    private final SnapshotCreation creation = new SnapshotCreation();
    private String document;
    private Optional<CheckpointDefinition> checkpoint;

    @Override
    Manual manual() {
        return Manual.of("keep the state of a domain's disks, from arguments")
                .description(
                        "Takes a snapshot: the disks' images stay as they are, and what the guest writes from this instant on goes to "
                                + "new images on top of them, the overlays.",
                        "Without disk specifications all disks that can be written take part. An overlay without a file is beside the "
                                + "disk's image, with the snapshot's name in the place of the extension.")
                .examples(
                        "virtkeep snapshot-create-as web1 before-upgrade --disk-only",
                        "virtkeep snapshot-create-as web1 s1 --disk-only --diskspec vda,file=/fast/s1",
                        "virtkeep snapshot-create-as web1 s1 'before the upgrade' --print-xml",
                        "    shows the document, and does nothing");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--name", "NAME", "the snapshot's name; without it, the time", word -> name = word);
        options.text("--description", "DESCRIPTION", "what it is for", word -> description = word);
        options.texts(
                "--diskspec",
                "DISKSPEC",
                "a disk, as DISK, followed by any of ,snapshot=external|no ,driver=qcow2 ,stype=file|block "
                        + ",file=PATH; disks that are not named take part as well",
                words -> diskSpecs = words);
        options.flag(
                "--print-xml", "write the <domainsnapshot> document instead of using it", given -> printXml = given);
        creation.declare(options);
    }

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
