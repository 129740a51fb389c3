package org.virtkeep.cli;

import java.time.ZoneId;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.RetentionPolicy;

/// Which backups a prune keeps.
final class KeepRules {
    private int last;
    private int hourly;
    private int daily;
    private int weekly;
    private int monthly;
    private int yearly;

    /// Tells the parser of them.
    void declare(Options options) {
        options.number("--keep-last", "N", "keep the newest N backups of each domain", number -> last = number);
        options.number("--keep-hourly", "N", "keep one backup for each of the last N hours", number -> hourly = number);
        options.number("--keep-daily", "N", "keep one backup for each of the last N days", number -> daily = number);
        options.number("--keep-weekly", "N", "keep one backup for each of the last N weeks", number -> weekly = number);
        options.number(
                "--keep-monthly", "N", "keep one backup for each of the last N months", number -> monthly = number);
        options.number("--keep-yearly", "N", "keep one backup for each of the last N years", number -> yearly = number);
    }

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
