package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;

final class SnapshotDumpXmlCommand extends SnapshotCommand {

    @Override
    Manual manual() {
        return Manual.of("write a snapshot's XML")
                .description(
                        "Writes the <domainsnapshot> document of a snapshot: its overlays, what it follows, when it was taken, "
                                + "and the domain as it was then, with the images that hold the disks' content.")
                .examples("virtkeep snapshot-dumpxml web1 before-upgrade");
    }

    @Override
    void run(Domain domain, Snapshot snapshot, Output output) {
        output.xml(snapshot.xml());
    }
}
