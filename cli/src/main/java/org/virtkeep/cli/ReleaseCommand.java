package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.Repository;
import picocli.CommandLine.Command;

@Command(
        name = "release",
        header = "no longer hold a backup",
        description = "Ends a hold: the next prune may delete the backup.",
        footer = {"virtkeep release web1@20261101T020000Z-0123456789abcdef --repo /backup"})
final class ReleaseCommand extends PointCommand {

    @Override
    void run(Repository repository, BackupInfo found, Output output) throws IOException {
        repository.release(found.id());
        output.done(
                "Backup '%s' of domain '%s' is not held".formatted(found.id(), found.domain()),
                new JsonObject()
                        .put("domain", found.domain())
                        .put("id", found.id())
                        .put("held", false));
    }
}
