package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class DestroyCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("stop a domain at once")
                .description(
                        "Ends QEMU at once. To the guest this is as if the plug were pulled, but QEMU closes its images, so that checkpoints are kept. A running backup is cancelled first. Nothing is deleted.")
                .examples("virtkeep destroy web1");
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.destroy();
        output.done("Domain '%s' destroyed".formatted(name), new JsonObject().put("domain", name));
    }
}
