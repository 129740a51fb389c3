package org.virtkeep.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.CheckLevel;

/// How much a check reads.
final class CheckScope {
    private boolean data;
    private Integer percent;

    /// Tells the parser of them.
    void declare(Options options) {
        options.flag("--data", "read all data and compare it with its hashes", given -> data = given);
        options.number(
                "--percent",
                "N",
                "read that much of the data, 1 to 100; each day it is another part, so that 100/N daily runs "
                        + "read everything",
                number -> percent = number);
    }

    CheckLevel level() {
        if (percent == null) {
            return data ? CheckLevel.data() : CheckLevel.structure();
        }
        if (data || percent < 1 || percent > 100) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.NONE,
                    data ? "give --data or --percent, not both" : "--percent is a number from 1 to 100");
        }
        return CheckLevel.sample(percent, ChronoUnit.DAYS.between(Instant.EPOCH, Instant.now()));
    }
}
