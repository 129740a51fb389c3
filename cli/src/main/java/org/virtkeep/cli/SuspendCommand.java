package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;

@Command(
        name = "suspend",
        header = "stop the guest's processors",
        description = {
            "Stops the guest's processors; its memory and devices stay. A guest that is paused already stays so."
        },
        footer = {"virtkeep suspend web1"})
final class SuspendCommand extends DomainCommand {

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.suspend();
        output.done("Domain '%s' suspended".formatted(name), new JsonObject().put("domain", name));
    }
}
