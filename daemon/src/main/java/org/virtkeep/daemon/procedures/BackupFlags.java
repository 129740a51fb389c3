package org.virtkeep.daemon.procedures;

import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.rpc.BackupMessages;

/// Bits of the flags with which a backup begins. Stateless.
final class BackupFlags {
    private BackupFlags() {}

    static int bit(BackupBeginFlag flag) {
        return switch (flag) {
            case REUSE_EXTERNAL -> BackupMessages.Begin.REUSE_EXTERNAL;
            case PRESERVE_SHUTDOWN -> BackupMessages.Begin.PRESERVE_SHUTDOWN;
            case QUIESCE -> BackupMessages.Begin.QUIESCE;
            case ALL_OR_NOTHING -> BackupMessages.Begin.ALL_OR_NOTHING;
            case FALLBACK_FULL -> BackupMessages.Begin.FALLBACK_FULL;
        };
    }
}
