package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

final class DomJobAbortCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("abort the backup job that runs")
                .description(
                        "Does what 'backup-end --abort' does, under the name that virsh has for it, and with virsh's error "
                                + "where there is nothing to abort.")
                .examples("virtkeep domjobabort web1");
    }

    @Override
    void run(Domain domain, Output output) {
        try {
            BackupEndCommand.end(domain, 0, Set.of(BackupEndFlag.ABORT), output);
        } catch (VirtException e) {
            throw e.code() == ErrorCode.NO_DOMAIN_BACKUP
                    ? new VirtException(ErrorCode.OPERATION_INVALID, e.domain(), e.getMessage(), e)
                    : e;
        }
    }
}
