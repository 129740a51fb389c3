package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.Repository;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "remove",
        header = "stop a passphrase or key file from opening a repository",
        description =
                "Removes a key slot, for which another one is needed: the passphrase or key file that you give must "
                        + "open another slot. The last slot cannot be removed.",
        footer = {
            "virtkeep repo key remove /backup 0123456789abcdef --passphrase-file mine",
            "    removes that slot; 'virtkeep repo key list' tells the names"
        })
final class RepoKeyRemoveCommand extends RepoCommand {
    @Option(names = "--slot", paramLabel = "SLOT", description = "the slot to remove")
    private String slot;

    @Override
    Places places() {
        return Places.of("--dir", "--slot");
    }

    @Override
    void run(Repository repository, Output output) throws IOException {
        repository.removeKey(slot);
        output.done("Key slot %s removed".formatted(slot), new JsonObject().put("slot", slot));
    }
}
