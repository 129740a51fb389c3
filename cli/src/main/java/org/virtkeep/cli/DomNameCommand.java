package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;

@Command(
        name = "domname",
        header = "tell the name of a domain by its id or UUID",
        description = "Writes the name that all commands take, too.",
        footer = {"virtkeep domname 3"})
final class DomNameCommand extends DomainCommand {

    @Override
    void run(Domain domain, Output output) {
        if (output.isJson()) {
            output.json(new JsonObject().put("name", domain.name()));
        } else {
            output.text(Table.printable(domain.name()));
        }
    }
}
