package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.Repository;

final class RepoKeyAddCommand extends RepoCommand {
    private final NewKey added = new NewKey();

    @Override
    Manual manual() {
        return Manual.of("let one more passphrase or key file open a repository")
                .description("Adds a key slot. What opened the repository before opens it still.")
                .examples(
                        "virtkeep repo key add /backup --passphrase-file mine --new-key-file escrow",
                        "    a key file for the safe, beside the passphrase for every day");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        added.declare(options);
    }

    @Override
    void run(Repository repository, Output output) throws IOException {
        repository.keys(); // refuses first what is not encrypted
        String slot = repository.addKey(added.get(program().surroundings()));
        output.done("Key slot %s added".formatted(slot), new JsonObject().put("slot", slot));
    }
}
