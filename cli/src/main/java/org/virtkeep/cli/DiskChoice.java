package org.virtkeep.cli;

import java.util.Optional;
import java.util.stream.Collectors;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;

/// Finds the disk of a backup that a user means.
final class DiskChoice {
    private DiskChoice() {}

    /// The named disk, or the only one.
    ///
    /// @throws VirtException DEVICE_MISSING if there is no such disk, INVALID_ARG if several could be meant
    static String one(BackupInfo backup, Optional<String> name) {
        if (name.isPresent()) {
            return backup.disk(name.get())
                    .map(DiskInfo::name)
                    .orElseThrow(() -> error(
                            ErrorCode.DEVICE_MISSING,
                            "backup '%s' has no disk '%s'; it has %s"
                                    .formatted(backup.id(), name.get(), names(backup))));
        }
        if (backup.disks().size() != 1) {
            throw error(
                    ErrorCode.INVALID_ARG,
                    "backup '%s' has several disks; choose with --disk one of %s"
                            .formatted(backup.id(), names(backup)));
        }
        return backup.disks().getFirst().name();
    }

    private static String names(BackupInfo backup) {
        return backup.disks().stream().map(DiskInfo::name).collect(Collectors.joining(", "));
    }

    private static VirtException error(ErrorCode code, String message) {
        return new VirtException(code, ErrorDomain.STORAGE, message);
    }
}
