package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.Repository;

final class RepoRebuildIndexCommand extends RepoCommand {

    @Override
    Manual manual() {
        return Manual.of("make the index of a repository anew")
                .description(
                        "Reads the directories of all packs and writes the index anew. The index is a cache: after packs were "
                                + "brought back from a copy, or when 'repo check' finds index segments damaged, this makes everything "
                                + "that the packs hold known again. Backups and restores may go on meanwhile.")
                .examples("virtkeep repo rebuild-index /backup");
    }

    @Override
    void run(Repository repository, Output output) throws IOException {
        int packs = repository.rebuildIndex();
        output.done("Index made from " + Humane.count(packs, "pack"), new JsonObject().put("packs", packs));
    }
}
