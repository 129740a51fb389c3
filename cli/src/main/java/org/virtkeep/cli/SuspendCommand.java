package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class SuspendCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("stop the guest's processors")
                .description(
                        "Stops the guest's processors; its memory and devices stay. A guest that is paused already stays so.")
                .examples("virtkeep suspend web1");
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.suspend();
        output.done("Domain '%s' suspended".formatted(name), new JsonObject().put("domain", name));
    }
}
