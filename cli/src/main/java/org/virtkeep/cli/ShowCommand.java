package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.Repository;

final class ShowCommand extends CliCommand {
    private String point;
    private final RepoOption repository = new RepoOption();

    @Override
    Manual manual() {
        return Manual.of("show one backup in a repository")
                .description(
                        "Shows when and how a backup was made, which disks and files it holds, and what its images were like.",
                        "Changed is what was read for the backup, stored what it added to the repository. Two disks of one "
                                + "repository hold the same bytes exactly if their tree hashes are the same.")
                .examples(
                        "virtkeep show web1 --repo /backup",
                        "    the newest backup of web1",
                        "virtkeep show web1@2026-11-20T18:00 --repo /backup --json",
                        "    the one before six in the evening, for a script");
    }

    @Override
    void declare(Options options) {
        options.text("--point", "DOMAIN[@POINT]", PointArgument.DESCRIPTION, word -> point = word);
        repository.declare(options);
    }

    @Override
    Places places() {
        return Places.of("--point");
    }

    @Override
    void run(Output output) throws IOException {
        try (Repository opened = repository.open(program().surroundings())) {
            BackupInfo backup = PointArgument.find(opened, point);
            if (output.isJson()) {
                output.json(PointView.json(backup));
            } else {
                output.text(PointView.text(backup));
            }
        }
    }
}
