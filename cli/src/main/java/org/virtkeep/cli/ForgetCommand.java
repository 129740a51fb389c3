package org.virtkeep.cli;

import java.io.IOException;
import java.util.List;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Repository;

final class ForgetCommand extends CliCommand {
    private String backup;
    private final RepoOption repo = new RepoOption();

    @Override
    Manual manual() {
        return Manual.of("delete one backup")
                .description(
                        "Makes one backup vanish at once; the next prune frees the space that only it needed. Other backups, also "
                                + "those that were made on top of it, stay whole.",
                        "A backup whose manifest is damaged, so that nobody knows its domain, is named by its id alone.")
                .examples(
                        "virtkeep forget web1@20261101T020000Z-0123456789abcdef --repo /backup",
                        "virtkeep forget 20261101T020000Z-0123456789abcdef --repo /backup",
                        "    by its id alone");
    }

    @Override
    void declare(Options options) {
        options.text(
                "--backup",
                "DOMAIN@POINT",
                "the backup: its id alone, or DOMAIN@POINT, where POINT is 'latest', an id or its beginning, or a "
                        + "time, which means the newest backup that is not later",
                word -> backup = word);
        repo.declare(options);
    }

    @Override
    Places places() {
        return Places.of("--backup");
    }

    @Override
    void run(Output output) throws IOException {
        try (Repository repository = repo.open(program().surroundings())) {
            String id = backup.contains("@")
                    ? PointArgument.find(repository, backup).id()
                    : backup;
            if (repository.holds().contains(id)) {
                throw new VirtException(
                        ErrorCode.OPERATION_DENIED,
                        ErrorDomain.STORAGE,
                        "backup '%s' is held; 'virtkeep release' ends that".formatted(id));
            }
            repository.forget(List.of(id));
            output.done("Backup '%s' is forgotten".formatted(id), new JsonObject().put("id", id));
        }
    }
}
