package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "snapshot-current",
        header = "tell the current snapshot",
        description = "Writes the XML of the snapshot that the domain's disks go on from; fails if there is none.",
        footer = {"virtkeep snapshot-current web1 --name"})
final class SnapshotCurrentCommand extends DomainCommand {
    @Option(names = "--name", description = "write its name only")
    private boolean name;

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
