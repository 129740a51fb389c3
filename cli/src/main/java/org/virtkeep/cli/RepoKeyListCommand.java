package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.KeySlotInfo;
import org.virtkeep.repository.Repository;

final class RepoKeyListCommand extends RepoCommand {

    @Override
    Manual manual() {
        return Manual.of("list what opens an encrypted repository")
                .description(
                        "Lists the key slots: a name, whether a passphrase or a key file opens it, and which one was used now.")
                .examples("virtkeep repo key list /backup");
    }

    @Override
    void run(Repository repository, Output output) throws IOException {
        if (output.isJson()) {
            output.json(repository.keys().stream().map(RepoKeyListCommand::json).toList());
            return;
        }
        var table = new Table("Slot", "Opened by", "Used now");
        for (KeySlotInfo slot : repository.keys()) {
            table.row(slot.name(), slot.passphrase() ? "passphrase" : "key file", slot.current() ? "yes" : "no");
        }
        output.table(table);
    }

    private static JsonObject json(KeySlotInfo slot) {
        return new JsonObject()
                .put("slot", slot.name())
                .put("openedBy", slot.passphrase() ? "passphrase" : "key-file")
                .put("current", slot.current());
    }
}
