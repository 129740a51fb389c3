package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class DomNameCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("tell the name of a domain by its id or UUID")
                .description("Writes the name that all commands take, too.")
                .examples("virtkeep domname 3");
    }

    @Override
    void run(Domain domain, Output output) {
        if (output.isJson()) {
            output.json(new JsonObject().put("name", domain.name()));
        } else {
            output.text(Table.printable(domain.name()));
        }
    }
}
