package org.virtkeep.repository;

import java.util.List;

/// What a check found. Immutable.
///
/// @param problems faults, in words for an administrator
/// @param affected ids of the backups that cannot be restored as a whole
/// @param garbage things that no backup needs and that a prune removes; no faults
/// @param packsRead packs of which every byte was read and compared
/// @param bytesRead their size
public record CheckReport(
        List<String> problems, List<String> affected, List<String> garbage, int packsRead, long bytesRead) {

    public CheckReport {
        problems = List.copyOf(problems);
        affected = List.copyOf(affected);
        garbage = List.copyOf(garbage);
    }

    /// Whether nothing is wrong.
    public boolean isClean() {
        return problems.isEmpty() && affected.isEmpty();
    }
}
