package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class ShutdownCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("ask the guest to shut down")
                .description(
                        "Asks the guest to shut down, and returns without waiting. The guest may take its time, or refuse.")
                .examples(
                        "virtkeep shutdown web1 && virtkeep event web1 --event lifecycle",
                        "    asks, and waits until something happens");
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.shutdown();
        output.done("Domain '%s' is being shut down".formatted(name), new JsonObject().put("domain", name));
    }
}
