package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Option;

/// The domain that a command is about. Goes with the place `--domain`.
final class DomainArgument {
    @Option(names = "--domain", paramLabel = "DOMAIN", description = "the domain's name, UUID, or id while it runs")
    private String domain;

    boolean isGiven() {
        return domain != null;
    }

    /// @throws org.virtkeep.model.VirtException NO_DOMAIN if there is no such domain
    Domain find(Connection connection) {
        return DomainLookup.find(connection, domain);
    }
}
