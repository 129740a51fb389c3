package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import picocli.CommandLine.Command;

@Command(
        name = "domjobabort",
        header = "abort the backup job that runs",
        description = "Does what 'backup-end --abort' does, under the name that virsh has for it.",
        footer = {"virtkeep domjobabort web1"})
final class DomJobAbortCommand extends DomainCommand {

    @Override
    void run(Domain domain, Output output) {
        BackupEndCommand.end(domain, 0, Set.of(BackupEndFlag.ABORT), output);
    }
}
