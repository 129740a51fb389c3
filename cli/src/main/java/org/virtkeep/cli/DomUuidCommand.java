package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;

@Command(
        name = "domuuid",
        header = "tell a domain's UUID",
        description = "A domain keeps its UUID, whatever happens to its name and its runs.",
        footer = {"virtkeep domuuid web1"})
final class DomUuidCommand extends DomainCommand {

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
