package org.virtkeep.cli;

import java.io.IOException;
import java.time.ZoneId;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.PointSelector;
import org.virtkeep.repository.Repository;

/// A backup as users name it: `DOMAIN` or `DOMAIN@POINT`.
final class PointArgument {
    private static final String POINT =
            "DOMAIN@POINT, where POINT is 'latest', a backup's id or its beginning, or a time such as 2026-11-22 or "
                    + "2026-11-22T13:30: the newest backup that is not later";

    /// What help pages say of it.
    static final String DESCRIPTION = "a domain, whose newest backup is meant, or " + POINT;

    /// The same where a domain means all its backups.
    static final String DESCRIPTION_OF_SOME = "a domain, all of whose backups are meant, or " + POINT;

    private PointArgument() {}

    /// @throws VirtException INVALID_ARG if the text has not that form
    static PointSelector parse(String text) {
        try {
            return PointSelector.parse(text, ZoneId.systemDefault());
        } catch (IllegalArgumentException e) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.NONE, e.getMessage(), e);
        }
    }

    /// @throws org.virtkeep.repository.RepositoryException.Missing if there is no such backup
    static BackupInfo find(Repository repository, String text) throws IOException {
        return parse(text).in(repository.list());
    }
}
