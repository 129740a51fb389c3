package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class DomUuidCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("tell a domain's UUID")
                .description("A domain keeps its UUID, whatever happens to its name and its runs.")
                .examples("virtkeep domuuid web1");
    }

    @Override
    void run(Domain domain, Output output) {
        String uuid = domain.uuid().toString();
        if (output.isJson()) {
            output.json(new JsonObject().put("uuid", uuid));
        } else {
            output.text(uuid);
        }
    }
}
