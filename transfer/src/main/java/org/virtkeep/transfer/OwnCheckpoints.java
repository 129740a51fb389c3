package org.virtkeep.transfer;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.BackupInfo;

/// The checkpoints of a domain that backups into one repository made. No others are ever touched.
final class OwnCheckpoints {
    private final Domain domain;
    private final CheckpointNames names;
    private final BackupListener listener;

    OwnCheckpoints(Domain domain, CheckpointNames names, BackupListener listener) {
        this.domain = domain;
        this.names = names;
        this.listener = listener;
    }

    /// Removes those that no committed backup names: what runs that failed or died have left.
    void removeOrphans(List<BackupInfo> backups) {
        Set<String> committed = backups.stream()
                .flatMap(backup -> backup.checkpoints().stream())
                .collect(Collectors.toSet());
        remove(domain.checkpoints(), checkpoint -> !committed.contains(checkpoint));
    }

    /// Removes all but those that the next backup of some disk will rest on.
    ///
    /// @param backups of the domain, oldest first
    void removeOld(List<BackupInfo> backups) {
        List<Checkpoint> checkpoints = domain.checkpoints();
        Set<String> existing = checkpoints.stream().map(Checkpoint::name).collect(Collectors.toSet());
        var disks = new HashSet<String>();
        var needed = new HashSet<String>();
        for (BackupInfo backup : backups.reversed()) {
            backup.checkpoints().stream()
                    .filter(existing::contains)
                    .findFirst()
                    .ifPresent(checkpoint -> backup.disks().forEach(disk -> {
                        if (disks.add(disk.name())) {
                            needed.add(checkpoint);
                        }
                    }));
        }
        remove(checkpoints, checkpoint -> !needed.contains(checkpoint));
    }

    private void remove(List<Checkpoint> checkpoints, Predicate<String> unneeded) {
        for (Checkpoint checkpoint : checkpoints) {
            if (names.owns(checkpoint.name()) && unneeded.test(checkpoint.name())) {
                remove(checkpoint);
            }
        }
    }

    /// One that stays costs a little time with each write of the guest, and is tried again by the next
    /// backup.
    private void remove(Checkpoint checkpoint) {
        try {
            checkpoint.delete(Set.of());
        } catch (VirtException e) {
            listener.note("checkpoint '%s' of domain '%s' could not be removed: %s"
                    .formatted(checkpoint.name(), domain.name(), e.getMessage()));
        }
    }
}
