package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;

final class SnapshotCurrentCommand extends DomainCommand {
    private boolean name;

    @Override
    Manual manual() {
        return Manual.of("tell the current snapshot")
                .description(
                        "Writes the XML of the snapshot that the domain's disks go on from; fails if there is none.")
                .examples("virtkeep snapshot-current web1 --name");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--name", "write its name only", given -> name = given);
    }

    @Override
    void run(Domain domain, Output output) {
        Snapshot current = SnapshotCommand.current(domain);
        if (!name) {
            output.xml(current.xml());
        } else if (output.isJson()) {
            output.json(new JsonObject().put("domain", domain.name()).put("snapshot", current.name()));
        } else {
            output.text(current.name());
        }
    }
}
