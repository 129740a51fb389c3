package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.Repository;

final class RepoKeyRemoveCommand extends RepoCommand {
    private String slot;

    @Override
    Manual manual() {
        return Manual.of("stop a passphrase or key file from opening a repository")
                .description(
                        "Removes a key slot, for which another one is needed: the passphrase or key file that you give must "
                                + "open another slot. The last slot cannot be removed.")
                .examples(
                        "virtkeep repo key remove /backup 0123456789abcdef --passphrase-file mine",
                        "    removes that slot; 'virtkeep repo key list' tells the names");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--slot", "SLOT", "the slot to remove", word -> slot = word);
    }

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
