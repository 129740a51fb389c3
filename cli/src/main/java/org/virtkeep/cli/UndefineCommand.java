package org.virtkeep.cli;

import java.util.EnumSet;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.UndefineFlag;

final class UndefineCommand extends DomainCommand {
    private boolean checkpointsMetadata;
    private boolean snapshotsMetadata;
    private boolean nvram;

    @Override
    Manual manual() {
        return Manual.of("forget a domain")
                .description(
                        "Forgets a domain; one that runs is forgotten when it ends. Its images are not touched, and neither are the bitmaps in them.")
                .examples("virtkeep undefine web1 --checkpoints-metadata", "    forgets it, though it has checkpoints");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag(
                "--checkpoints-metadata",
                "forget its checkpoints too; without this a domain that has some is refused",
                given -> checkpointsMetadata = given);
        options.flag(
                "--snapshots-metadata",
                "forget its snapshots too, and leave their images as they are; without this a domain that has "
                        + "some is refused",
                given -> snapshotsMetadata = given);
        options.flag("--nvram", "delete the file in which its firmware keeps variables", given -> nvram = given);
    }

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
