package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class ResetCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("press the guest's reset button")
                .description(
                        "Starts the guest anew at once, without asking it. What it had not written yet is lost; its QEMU "
                                + "goes on, and so do backups.")
                .examples("virtkeep reset web1");
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.reset();
        output.done("Domain '%s' was reset".formatted(name), new JsonObject().put("domain", name));
    }
}
