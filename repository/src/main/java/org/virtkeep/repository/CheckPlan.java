package org.virtkeep.repository;

import java.util.Set;

/// What a check looks at. Immutable.
///
/// @param level how much it reads
/// @param backups ids of the backups to check, with everything they need and nothing else; empty for the whole
///     repository
public record CheckPlan(CheckLevel level, Set<String> backups) {

    public CheckPlan {
        backups = Set.copyOf(backups);
    }

    /// The whole repository.
    public static CheckPlan all(CheckLevel level) {
        return new CheckPlan(level, Set.of());
    }

    boolean isWhole() {
        return backups.isEmpty();
    }

    boolean includes(String backup) {
        return isWhole() || backups.contains(backup);
    }
}
