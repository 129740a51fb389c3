package org.virtkeep.cli;

/// A command on one backup job of a domain.
abstract class JobCommand extends DomainCommand {
    private int id;

    @Override
    void declare(Options options) {
        super.declare(options);
        options.number(
                "--id",
                "N",
                "the job's id as backup-begin told it; without it, or 0: the job that runs, or if none does "
                        + "the one that ended last",
                number -> id = number);
    }

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
