package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;

@Command(
        name = "resume",
        header = "let the guest's processors run",
        description = {"Lets a paused guest run. A guest that runs already goes on."},
        footer = {"virtkeep resume web1"})
final class ResumeCommand extends DomainCommand {

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.resume();
        output.done("Domain '%s' resumed".formatted(name), new JsonObject().put("domain", name));
    }
}
