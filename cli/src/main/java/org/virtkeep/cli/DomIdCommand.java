package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;

@Command(
        name = "domid",
        header = "tell the id of a domain that runs",
        description = "Writes the number of this run of the domain, or '-' while it does not run.",
        footer = {"virtkeep domid web1"})
final class DomIdCommand extends DomainCommand {

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
