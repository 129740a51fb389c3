package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.Repository;

final class HoldCommand extends PointCommand {

    @Override
    Manual manual() {
        return Manual.of("keep a backup whatever the rules say")
                .description("Holds a backup: no prune deletes it until it is released.")
                .examples(
                        "virtkeep hold web1@2026-11-01 --repo /backup",
                        "    keeps the newest backup that was made before the end of that day");
    }

    @Override
    void run(Repository repository, BackupInfo found, Output output) throws IOException {
        repository.hold(found.id());
        output.done(
                "Backup '%s' of domain '%s' is held".formatted(found.id(), found.domain()),
                new JsonObject()
                        .put("domain", found.domain())
                        .put("id", found.id())
                        .put("held", true));
    }
}
