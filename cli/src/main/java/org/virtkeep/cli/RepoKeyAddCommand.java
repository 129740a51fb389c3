package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.Repository;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "add",
        header = "let one more passphrase or key file open a repository",
        description = "Adds a key slot. What opened the repository before opens it still.",
        footer = {
            "virtkeep repo key add /backup --passphrase-file mine --new-key-file escrow",
            "    a key file for the safe, beside the passphrase for every day"
        })
final class RepoKeyAddCommand extends RepoCommand {
    @Mixin
    private NewKey added;

    @Override
    void run(Repository repository, Output output) throws IOException {
        repository.keys(); // refuses first what is not encrypted
        String slot = repository.addKey(added.get(program().surroundings()));
        output.done("Key slot %s added".formatted(slot), new JsonObject().put("slot", slot));
    }
}
