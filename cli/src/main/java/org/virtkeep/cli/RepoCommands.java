package org.virtkeep.cli;

final class RepoCommands extends CommandGroup {
    @Override
    Manual manual() {
        return Manual.of("create, look at and mend a repository of backups")
                .description(
                        "A repository is a folder that keeps backups of any number of domains: what they have in common is "
                                + "stored once, and each backup can be restored and deleted alone.")
                .examples(
                        "virtkeep repo init /backup",
                        "    creates one",
                        "virtkeep help repo init",
                        "    tells all about one of the commands");
    }
}
