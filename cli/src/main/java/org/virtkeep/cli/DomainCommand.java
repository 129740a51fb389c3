package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Option;

/// A command on one domain, which is its first argument.
abstract class DomainCommand extends ConnectedCommand {
    @Option(names = "--domain", paramLabel = "DOMAIN", description = "the domain's name, UUID, or id while it runs")
    private String domain;

    abstract void run(Domain domain, Output output);

    @Override
    Places places() {
        return Places.required("--domain");
    }

    @Override
    void run(Connection connection, Output output) {
        run(domain(connection), output);
    }

    /// @throws org.virtkeep.model.VirtException NO_DOMAIN if there is no such domain
    final Domain domain(Connection connection) {
        return DomainLookup.find(connection, domain);
    }
}
