package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Set;

/// Reads all manifests. Stateless between calls.
final class Catalog {
    private static final Comparator<BackupInfo> ORDER = Comparator.comparing(BackupInfo::domain)
            .thenComparingLong(BackupInfo::sequence)
            .thenComparing(BackupInfo::committed)
            .thenComparing(BackupInfo::id);

    private final RepositoryParts parts;

    Catalog(RepositoryParts parts) {
        this.parts = parts;
    }

    /// The backups that are not forgotten.
    BackupList visible() throws IOException {
        BackupList all = all();
        Set<String> hidden = Condemnation.backups(
                Condemnation.load(parts.storage(), parts.config().id()));
        return new BackupList(
                all.backups().stream()
                        .filter(backup -> !hidden.contains(backup.id()))
                        .toList(),
                all.unreadable().stream().filter(id -> !hidden.contains(id)).toList());
    }

    /// Every manifest that exists.
    BackupList all() throws IOException {
        var backups = new ArrayList<BackupInfo>();
        var unreadable = new ArrayList<String>();
        for (String id : parts.manifests().ids()) {
            try {
                backups.add(parts.manifests().load(id));
            } catch (RepositoryException.Missing _) {
                continue; // deleted since it was listed
            } catch (RepositoryException.Corrupt | RepositoryException.UnsupportedVersion _) {
                unreadable.add(id);
            }
        }
        backups.sort(ORDER);
        return new BackupList(backups, unreadable);
    }

    /// A number above those of all backups of the domain.
    long nextSequence(String domain) throws IOException {
        long last = 0;
        for (String id : parts.manifests().ids()) {
            try {
                Manifests.Position position = parts.manifests().position(id);
                last = position.domain().equals(domain) ? Math.max(last, position.sequence()) : last;
            } catch (RepositoryException.Missing
                    | RepositoryException.Corrupt
                    | RepositoryException.UnsupportedVersion _) {
                continue; // as in the list of all
            }
        }
        return last + 1;
    }
}
