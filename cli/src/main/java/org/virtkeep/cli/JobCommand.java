package org.virtkeep.cli;

import picocli.CommandLine.Option;

/// A command on one backup job of a domain.
abstract class JobCommand extends DomainCommand {
    @Option(
            names = "--id",
            paramLabel = "N",
            description = "the job's id as backup-begin told it; without it, or 0: the job that runs, or if none does "
                    + "the one that ended last")
    private int id;

    final int id() {
        return id;
    }

    @Override
    void check() {
        if (id < 0) {
            throw usage("a job's id is not negative, but --id is %d".formatted(id));
        }
    }
}
