package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.Repository;

final class ReleaseCommand extends PointCommand {

    @Override
    Manual manual() {
        return Manual.of("no longer hold a backup")
                .description("Ends a hold: the next prune may delete the backup.")
                .examples("virtkeep release web1@20261101T020000Z-0123456789abcdef --repo /backup");
    }

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
