package org.virtkeep.cli;

import java.time.ZoneId;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.RetentionPolicy;
import picocli.CommandLine.Option;

/// Which backups a prune keeps.
final class KeepRules {
    @Option(names = "--keep-last", paramLabel = "N", description = "keep the newest N backups of each domain")
    private int last;

    @Option(names = "--keep-hourly", paramLabel = "N", description = "keep one backup for each of the last N hours")
    private int hourly;

    @Option(names = "--keep-daily", paramLabel = "N", description = "keep one backup for each of the last N days")
    private int daily;

    @Option(names = "--keep-weekly", paramLabel = "N", description = "keep one backup for each of the last N weeks")
    private int weekly;

    @Option(names = "--keep-monthly", paramLabel = "N", description = "keep one backup for each of the last N months")
    private int monthly;

    @Option(names = "--keep-yearly", paramLabel = "N", description = "keep one backup for each of the last N years")
    private int yearly;

    /// Days begin at midnight of this user's time zone.
    ///
    /// @throws VirtException INVALID_ARG if a number is negative
    RetentionPolicy policy() {
        try {
            return new RetentionPolicy(last, hourly, daily, weekly, monthly, yearly, ZoneId.systemDefault());
        } catch (IllegalArgumentException e) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG, ErrorDomain.NONE, "the numbers of backups to keep are not negative", e);
        }
    }
}
