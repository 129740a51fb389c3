package org.virtkeep.daemon.procedures;

import org.virtkeep.daemon.backups.RepositoryRuns;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.VirtkeepProgram;

/// Backups into repositories that the daemon makes: of virtkeep's own program.
final class RepositoryBackupProcedures implements ProcedureGroup {
    private final RepositoryRuns runs;

    RepositoryBackupProcedures(RepositoryRuns runs) {
        this.runs = runs;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(VirtkeepProgram.REPOSITORY_BACKUP_BEGIN, runs::begin)
                .on(VirtkeepProgram.REPOSITORY_BACKUP_WAIT, runs::news)
                .run(VirtkeepProgram.REPOSITORY_BACKUP_CANCEL, runs::cancel);
    }
}
