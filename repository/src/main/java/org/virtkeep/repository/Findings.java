package org.virtkeep.repository;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a check has found so far. Confined to one thread.
final class Findings {
    final List<String> problems = new ArrayList<>();
    final List<String> garbage = new ArrayList<>();

    /// Ids of backups that cannot be restored as a whole.
    final Set<String> affected = new TreeSet<>();

    final Set<Damage.BadCopy> bad = new HashSet<>();

    /// Packs of which every byte was read.
    final Set<ContentHash> packsRead = new HashSet<>();

    long bytesRead;

    CheckReport report() {
        return new CheckReport(problems, List.copyOf(affected), garbage, packsRead.size(), bytesRead);
    }
}
