package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class ResumeCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("let the guest's processors run")
                .description("Lets a paused guest run. A guest that runs already goes on.")
                .examples("virtkeep resume web1");
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.resume();
        output.done("Domain '%s' resumed".formatted(name), new JsonObject().put("domain", name));
    }
}
