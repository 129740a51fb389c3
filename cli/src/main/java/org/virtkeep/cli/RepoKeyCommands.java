package org.virtkeep.cli;

final class RepoKeyCommands extends CommandGroup {
    @Override
    Manual manual() {
        return Manual.of("change what opens an encrypted repository")
                .description(
                        "The backups of an encrypted repository are encrypted with one data key, which never changes. It is "
                                + "kept in key slots, wrapped with a passphrase or a key file each. These commands change the slots: "
                                + "that takes a moment, however large the repository is.")
                .examples(
                        "virtkeep repo key change /backup --passphrase-file old --new-passphrase-file new",
                        "    from now on the new passphrase opens the repository, and the old one does not");
    }
}
