package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;

@Command(
        name = "domhostname",
        header = "ask a guest for its host name",
        description = "The agent in the guest answers.",
        footer = {"virtkeep domhostname web1"})
final class DomHostnameCommand extends DomainCommand {

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
