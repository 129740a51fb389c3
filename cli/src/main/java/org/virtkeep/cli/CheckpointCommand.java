package org.virtkeep.cli;

import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Option;

/// A command on one checkpoint of a domain.
abstract class CheckpointCommand extends DomainCommand {
    @Option(names = "--checkpointname", paramLabel = "NAME", description = "the checkpoint's name")
    private String name;

    abstract void run(Domain domain, Checkpoint checkpoint, Output output);

    @Override
    Places places() {
        return Places.of("--domain", "--checkpointname");
    }

    @Override
    void run(Domain domain, Output output) {
        run(domain, domain.checkpoint(name), output);
    }
}
