package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "domfstrim",
        header = "have a guest give free space back",
        description =
                "Asks the agent in the guest to discard what its file systems do not use. Images become smaller by "
                        + "it where their disks have discard='unmap'; and a backup has less to read.",
        footer = {"virtkeep domfstrim web1", "virtkeep domfstrim web1 --minimum 1MiB"})
final class DomFsTrimCommand extends DomainCommand {
    @Option(
            names = "--minimum",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "leave free areas alone that are smaller")
    private long minimumBytes;

    @Override
    void run(Domain domain, Output output) {
        domain.trimFileSystems(minimumBytes);
        output.done(
                "File systems of domain '%s' trimmed".formatted(domain.name()),
                new JsonObject().put("domain", domain.name()));
    }
}
