package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class DomFsThawCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("thaw the guest's file systems")
                .description("Has the agent in the guest thaw all file systems that are frozen. Harmless if none is.")
                .examples("virtkeep domfsthaw web1");
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        int count = domain.thawFileSystems();
        output.done(
                "Thawed %d file systems of domain '%s'".formatted(count, name),
                new JsonObject().put("domain", name).put("fileSystems", count));
    }
}
