package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.Repository;

final class RepoKeyChangeCommand extends RepoCommand {
    private final NewKey replacement = new NewKey();

    @Override
    Manual manual() {
        return Manual.of("replace the passphrase or key file of a repository")
                .description(
                        "Adds a key slot for the new passphrase or key file and removes the one that opened the repository now. If "
                                + "this is interrupted, both open it.",
                        "The data key stays the same: who knew the old passphrase and has copied the old key slot can still read "
                                + "what is stored. If that is to be feared, create a new repository.")
                .examples(
                        "virtkeep repo key change /backup",
                        "    asks for the old passphrase and, twice, for the new one",
                        "virtkeep repo key change /backup --passphrase-file old --new-passphrase-file new");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        replacement.declare(options);
    }

    @Override
    void run(Repository repository, Output output) throws IOException {
        repository.keys(); // refuses first what is not encrypted
        String slot = repository.changeKey(replacement.get(program().surroundings()));
        output.done("Key changed; the new key slot is %s".formatted(slot), new JsonObject().put("slot", slot));
    }
}
