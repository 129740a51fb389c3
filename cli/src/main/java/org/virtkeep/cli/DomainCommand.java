package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;

/// A command on one domain, which is its first argument.
abstract class DomainCommand extends ConnectedCommand {
    private final DomainArgument domain = new DomainArgument();

    @Override
    void declare(Options options) {
        domain.declare(options);
    }

    abstract void run(Domain domain, Output output);

    @Override
    Places places() {
        return Places.of("--domain");
    }

    @Override
    final void run(Connection connection, Output output) {
        run(domain.find(connection), output);
    }
}
