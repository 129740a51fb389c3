package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.Repository;
import picocli.CommandLine.Command;

@Command(
        name = "rebuild-index",
        header = "make the index of a repository anew",
        description =
                "Reads the directories of all packs and writes the index anew. The index is a cache: after packs were "
                        + "brought back from a copy, or when 'repo check' finds index segments damaged, this makes everything "
                        + "that the packs hold known again. Backups and restores may go on meanwhile.",
        footer = {"virtkeep repo rebuild-index /backup"})
final class RepoRebuildIndexCommand extends RepoCommand {

    @Override
    void run(Repository repository, Output output) throws IOException {
        int packs = repository.rebuildIndex();
        output.done("Index made from %d packs".formatted(packs), new JsonObject().put("packs", packs));
    }
}
