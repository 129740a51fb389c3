package org.virtkeep.cli;

import java.util.EnumSet;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.UndefineFlag;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "undefine",
        header = "forget a domain",
        description = {
            "Forgets a domain; one that runs is forgotten when it ends. Its images are not touched, and neither are the bitmaps in them."
        },
        footer = {"virtkeep undefine web1 --checkpoints-metadata", "    forgets it, though it has checkpoints"})
final class UndefineCommand extends DomainCommand {
    @Option(
            names = "--checkpoints-metadata",
            description = "forget its checkpoints too; without this a domain that has some is refused")
    private boolean checkpointsMetadata;

    @Option(
            names = "--snapshots-metadata",
            description =
                    "forget its snapshots too, and leave their images as they are; without this a domain that has "
                            + "some is refused")
    private boolean snapshotsMetadata;

    @Option(names = "--nvram", description = "delete the file in which its firmware keeps variables")
    private boolean nvram;

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        var flags = EnumSet.noneOf(UndefineFlag.class);
        Chosen.add(flags, checkpointsMetadata, UndefineFlag.CHECKPOINTS_METADATA);
        Chosen.add(flags, snapshotsMetadata, UndefineFlag.SNAPSHOTS_METADATA);
        Chosen.add(flags, nvram, UndefineFlag.NVRAM);
        domain.undefine(flags);
        output.done("Domain '%s' undefined".formatted(name), new JsonObject().put("domain", name));
    }
}
