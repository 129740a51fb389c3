package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;

/// The domain that a command is about. Goes with the place `--domain`.
final class DomainArgument {
    private String domain;

    /// Tells the parser of them.
    void declare(Options options) {
        options.text("--domain", "DOMAIN", "the domain's name, UUID, or id while it runs", word -> domain = word);
    }

    boolean isGiven() {
        return domain != null;
    }

    /// @throws org.virtkeep.model.VirtException NO_DOMAIN if there is no such domain
    Domain find(Connection connection) {
        return DomainLookup.find(connection, domain);
    }
}
