package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

final class SnapshotParentCommand extends SnapshotCommand {

    @Override
    Manual manual() {
        return Manual.of("tell which snapshot another one follows")
                .description("Writes the name of the snapshot before the one given; fails if there is none.")
                .examples("virtkeep snapshot-parent web1 --current");
    }

    @Override
    void run(Domain domain, Snapshot snapshot, Output output) {
        String parent = snapshot.parent()
                .orElseThrow(() -> new VirtException(
                        ErrorCode.NO_DOMAIN_SNAPSHOT,
                        ErrorDomain.DOMAIN_SNAPSHOT,
                        "snapshot '%s' of domain '%s' is the first one and has no parent"
                                .formatted(snapshot.name(), domain.name())));
        if (output.isJson()) {
            output.json(new JsonObject().put("name", snapshot.name()).put("parent", parent));
        } else {
            output.text(parent);
        }
    }
}
