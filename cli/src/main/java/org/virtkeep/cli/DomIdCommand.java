package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class DomIdCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("tell the id of a domain that runs")
                .description("Writes the number of this run of the domain, or '-' while it does not run.")
                .examples("virtkeep domid web1");
    }

    @Override
    void run(Domain domain, Output output) {
        var id = domain.id();
        if (output.isJson()) {
            var json = new JsonObject();
            output.json(id.isPresent() ? json.put("id", id.getAsInt()) : json.putNull("id"));
        } else {
            output.text(id.isPresent() ? Integer.toString(id.getAsInt()) : "-");
        }
    }
}
