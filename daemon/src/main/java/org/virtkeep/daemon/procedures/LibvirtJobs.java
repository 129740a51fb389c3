package org.virtkeep.daemon.procedures;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Which backup job a client of libvirt's program means, which knows one job of a domain and no ids.
/// Thread-safe.
///
/// Of several running jobs it means the one that was begun over its own connection, if that is one.
/// Else it is shown the newest, and may end none: to end the wrong backup is worse than to be asked
/// for an id.
final class LibvirtJobs {
    private record Key(UUID domain, int job) {}

    /// Begun over a connection that still stands.
    private final Map<Client, Set<Key>> begun = new ConcurrentHashMap<>();

    /// Of each domain, the ended job that a client has taken note of: its result is told once.
    private final Map<UUID, Integer> told = new ConcurrentHashMap<>();

    /// Remembers who began a job.
    void began(Client client, Domain domain, int job) {
        begun.computeIfAbsent(client, _ -> ConcurrentHashMap.newKeySet()).add(new Key(domain.uuid(), job));
        client.whenGone(() -> begun.remove(client));
    }

    /// The running job to show; empty if none runs.
    Optional<BackupJob> running(Client client, Domain domain) {
        List<BackupJob> running = domain.runningBackupJobs();
        return ownOf(client, domain, running).or(() -> running.stream().max(Comparator.comparingInt(BackupJob::id)));
    }

    /// The job to end, of those that run.
    ///
    /// @throws VirtException OPERATION_INVALID if none runs, or if several do and it is not clear
    ///     which is meant
    BackupJob toEnd(Client client, Domain domain, List<BackupJob> running) {
        if (running.isEmpty()) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "no job is active on the domain");
        }
        return ownOf(client, domain, running)
                .or(() -> running.size() == 1 ? Optional.of(running.getFirst()) : Optional.empty())
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "domain '%s' has %d running backup jobs (%s), and libvirt's call cannot say which; end one with 'virtkeep backup-end --id'"
                                .formatted(domain.name(), running.size(), ids(running))));
    }

    private static String ids(List<BackupJob> jobs) {
        return jobs.stream().map(job -> Integer.toString(job.id())).collect(Collectors.joining(", "));
    }

    private Optional<BackupJob> ownOf(Client client, Domain domain, List<BackupJob> running) {
        Set<Key> own = begun.getOrDefault(client, Set.of());
        List<BackupJob> candidates = running.stream()
                .filter(job -> own.contains(new Key(domain.uuid(), job.id())))
                .toList();
        return candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty();
    }

    /// The job that ended last, unless its result has been told.
    ///
    /// @param keep true to tell it again the next time; else a push is acknowledged, as nobody else
    ///     will
    Optional<BackupJob> completed(Domain domain, boolean keep) {
        Optional<BackupJob> last = domain.backupJobs().stream()
                .filter(job -> job.state().hasEnded())
                .max(Comparator.comparing((BackupJob job) -> job.ended().orElse(job.started()))
                        .thenComparingInt(BackupJob::id))
                .filter(job -> told.getOrDefault(domain.uuid(), 0) != job.id());
        if (!keep) {
            last.ifPresent(job -> {
                told.put(domain.uuid(), job.id());
                acknowledge(domain, job);
            });
        }
        return last;
    }

    private static void acknowledge(Domain domain, BackupJob job) {
        if (job.acknowledged()) {
            return;
        }
        try {
            domain.backupEnd(job.id(), Set.<BackupEndFlag>of());
        } catch (VirtException e) {
            // A job that failed says so again; one whose record is gone needs no acknowledgement.
            if (e.code() != ErrorCode.OPERATION_FAILED && e.code() != ErrorCode.NO_DOMAIN_BACKUP) {
                throw e;
            }
        }
    }
}
