package org.virtkeep.remote;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.rpc.BackupMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;

/// Backup jobs with a daemon that is libvirt's: one at a time, without ids, with one result kept. Thread-safe.
final class LibvirtJobs {
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final Link link;
    private final ConcurrentHashMap<UUID, LibvirtJobHistory> histories = new ConcurrentHashMap<>();

    LibvirtJobs(Link link) {
        this.link = link;
    }

    private LibvirtJobHistory history(DomainRef domain) {
        return histories.computeIfAbsent(domain.uuid(), _ -> new LibvirtJobHistory(link, domain));
    }

    int begin(DomainRef domain, BackupRequest request, Optional<String> checkpointXml, Set<BackupBeginFlag> flags) {
        if (flags.contains(BackupBeginFlag.FALLBACK_FULL)) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG,
                    "the daemon at '%s' is libvirt's, which cannot fall back to a full backup; leave FALLBACK_FULL out"
                            .formatted(link.uri()));
        }
        Optional<String> checkpoint =
                checkpointXml.flatMap(xml -> XmlElement.read(xml).childText("name"));
        BackupRequest complete = new ImplicitFiles(link, domain).named(request, checkpoint);
        return history(domain)
                .begin(complete, checkpoint, () -> begin(domain, BackupXml.write(complete), checkpointXml, flags));
    }

    private void begin(DomainRef domain, String backupXml, Optional<String> checkpointXml, Set<BackupBeginFlag> flags) {
        var known = EnumSet.noneOf(BackupBeginFlag.class);
        known.addAll(flags);
        known.remove(BackupBeginFlag.ALL_OR_NOTHING); // libvirt's way always
        boolean quiesce = known.remove(BackupBeginFlag.QUIESCE);
        Runnable begin = () -> link.call(
                LibvirtProgram.DOMAIN_BACKUP_BEGIN,
                new BackupMessages.Begin(domain, backupXml, checkpointXml, Flags.backupBegin(known)));
        if (quiesce) {
            new Frozen(link, domain).run(begin);
        } else {
            begin.run();
        }
    }

    BackupEnd end(DomainRef domain, int id, Set<BackupEndFlag> flags) {
        List<LibvirtJob> jobs = history(domain).look();
        LibvirtJob job = jobs.reversed().stream()
                .filter(each -> id == 0 ? !each.acknowledged() : each.id() == id)
                .findFirst()
                .orElseThrow(() -> none(domain, id));
        boolean abort = flags.contains(BackupEndFlag.ABORT);
        if (!job.isRunning()) {
            return acknowledge(domain, job, abort);
        }
        if (job.isPush() && !abort) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID,
                    ("backup job %d of domain '%s' is a push that is still running; wait for its end, or abort it with"
                                    + " --abort")
                            .formatted(job.id(), domain.name()));
        }
        return acknowledge(domain, stopped(domain, job.id()), abort);
    }

    private LibvirtJob stopped(DomainRef domain, int id) {
        try {
            link.call(LibvirtProgram.DOMAIN_ABORT_JOB, domain);
        } catch (VirtException e) {
            if (e.code() != ErrorCode.OPERATION_INVALID) { // which says that it has just ended
                throw e;
            }
        }
        var deadline = Deadline.in(END_LIMIT);
        while (true) {
            LibvirtJob job = find(domain, id);
            if (!job.isRunning()) {
                return job;
            }
            if (deadline.hasPassed()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        "backup job %d of domain '%s' was told to end %d s ago, but has not"
                                .formatted(id, domain.name(), END_LIMIT.toSeconds()));
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private BackupEnd acknowledge(DomainRef domain, LibvirtJob job, boolean abort) {
        history(domain).acknowledge(job.id());
        return switch (job.state()) {
            case COMPLETED -> BackupEnd.COMPLETED;
            case CANCELLED, FAILED, RUNNING -> {
                if (abort && job.isPush() && job.state() != JobState.FAILED) {
                    yield BackupEnd.ABORTED;
                }
                throw VirtException.qemu(
                        ErrorCode.OPERATION_FAILED,
                        "backup job %d of domain '%s' %s%s"
                                .formatted(
                                        job.id(),
                                        domain.name(),
                                        job.state() == JobState.FAILED ? "failed" : "was cancelled",
                                        job.stats()
                                                .error()
                                                .map(why -> ": " + why)
                                                .orElse("")));
            }
        };
    }

    /// The document of a job that runs is libvirt's own, with the id that it has here.
    String xml(DomainRef domain, int id) {
        LibvirtJob job = find(domain, id);
        return job.layout()
                .map(layout -> XmlElement.read(layout.xml())
                        .with("id", Integer.toString(job.id()))
                        .write())
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN_BACKUP,
                        "backup job %d of domain '%s' has ended, and libvirt does not keep its document"
                                .formatted(job.id(), domain.name())));
    }

    List<BackupJob> all(DomainRef domain) {
        return history(domain).look().stream().map(LibvirtJob::toApi).toList();
    }

    BackupJob one(DomainRef domain, int id) {
        return find(domain, id).toApi();
    }

    boolean isRunning(DomainRef domain) {
        return JobStats.running(link, domain).isRunning();
    }

    /// The job that runs, or the last that ended; empty if that cannot be found out.
    Optional<BackupJob> latest(DomainRef domain) {
        try {
            List<LibvirtJob> jobs = history(domain).look();
            return jobs.isEmpty()
                    ? Optional.empty()
                    : Optional.of(jobs.getLast().toApi());
        } catch (VirtException _) {
            return Optional.empty();
        }
    }

    /// Takes note of the end of a job that an event told of.
    BackupJob ended(DomainRef domain, JobStats stats) {
        return history(domain).ended(stats).toApi();
    }

    private LibvirtJob find(DomainRef domain, int id) {
        return history(domain).look().reversed().stream()
                .filter(job -> id == 0 || job.id() == id)
                .findFirst()
                .orElseThrow(() -> none(domain, id));
    }

    private static VirtException none(DomainRef domain, int id) {
        return VirtException.qemu(
                ErrorCode.NO_DOMAIN_BACKUP,
                id == 0
                        ? "domain '%s' has no backup job".formatted(domain.name())
                        : "domain '%s' has no backup job %d that libvirt tells of".formatted(domain.name(), id));
    }
}
