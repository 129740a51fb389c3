package org.virtkeep.cli;

import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain;

/// A command on one checkpoint of a domain.
abstract class CheckpointCommand extends DomainCommand {
    private String name;

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--checkpointname", "NAME", "the checkpoint's name", word -> name = word);
    }

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
