package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class DomHostnameCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("ask a guest for its host name")
                .description("The agent in the guest answers.")
                .examples("virtkeep domhostname web1");
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.guestHostName();
        if (output.isJson()) {
            output.json(new JsonObject().put("hostname", name));
        } else {
            output.text(Table.printable(name));
        }
    }
}
