package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class DomFsTrimCommand extends DomainCommand {
    private long minimumBytes;

    @Override
    Manual manual() {
        return Manual.of("have a guest give free space back")
                .description(
                        "Asks the agent in the guest to discard what its file systems do not use. Images become smaller by "
                                + "it where their disks have discard='unmap'; and a backup has less to read.")
                .examples("virtkeep domfstrim web1", "virtkeep domfstrim web1 --minimum 1MiB");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.size("--minimum", "SIZE", "leave free areas alone that are smaller", number -> minimumBytes = number);
    }

    @Override
    void run(Domain domain, Output output) {
        domain.trimFileSystems(minimumBytes);
        output.done(
                "File systems of domain '%s' trimmed".formatted(domain.name()),
                new JsonObject().put("domain", domain.name()));
    }
}
