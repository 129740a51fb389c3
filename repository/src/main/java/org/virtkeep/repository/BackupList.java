package org.virtkeep.repository;

import java.util.List;
import java.util.Optional;

/// The backups of a repository. Immutable.
///
/// @param backups those that exist, by domain and sequence
/// @param unreadable ids of those whose manifests are damaged
public record BackupList(List<BackupInfo> backups, List<String> unreadable) {

    public BackupList {
        backups = List.copyOf(backups);
        unreadable = List.copyOf(unreadable);
    }

    /// The backups of one domain, oldest first.
    public List<BackupInfo> of(String domain) {
        return backups.stream().filter(backup -> backup.domain().equals(domain)).toList();
    }

    /// The newest backup of one domain.
    public Optional<BackupInfo> latest(String domain) {
        return of(domain).stream().reduce((_, later) -> later);
    }
}
