package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupDisk;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.VirtException;
import org.virtkeep.nbd.NbdException;

/// The job in which a domain's disks are read: one instant for all of them and for the new checkpoint.
/// Confined to one thread, but for [#requireRunning]. Its record is durable before the domain is asked for
/// anything.
final class PullJob {
    private static final Logger LOG = LoggerFactory.getLogger(PullJob.class);

    /// What clients call the bitmap of an incremental disk.
    static final String BITMAP = "changes";

    private final Domain domain;
    private final RunRecord record;
    private final int id;
    private final BackupJob begun;

    private PullJob(Domain domain, RunRecord record, int id, BackupJob begun) {
        this.domain = domain;
        this.record = record;
        this.id = id;
        this.begun = begun;
    }

    /// What a job is begun with.
    ///
    /// @param disks those that are backed up, in the order of `decisions`
    record Plan(List<SourceDisk> disks, Tracking tracking, List<DiskDecision> decisions, BackupOptions options) {}

    /// Begins the job.
    ///
    /// @throws org.virtkeep.model.VirtException what kept the domain from it; then nothing is left of it
    ///     but the record
    static PullJob begin(Domain domain, RunLock lock, CheckpointNames names, Plan plan) throws IOException {
        Instant now = Instant.now();
        boolean tracked = plan.disks().stream().anyMatch(plan.tracking()::covers);
        Optional<String> checkpoint = tracked ? Optional.of(names.next(now)) : Optional.empty();
        Path sockets = socketFolder(plan.options().foreignSockets());
        var record = new RunRecord(domain.name(), checkpoint, sockets, now);
        lock.write(record);
        BackupRequest request = request(record, plan);
        int id = domain.backupBegin(
                request, checkpoint.map(name -> definition(name, names, plan)), flags(plan.options()));
        return new PullJob(domain, record, id, domain.backupJob(id));
    }

    /// A new folder for the socket. Of one that others may write to, they can neither list nor replace what is in it
    /// (the sticky bit, see chmod(2)).
    private static Path socketFolder(boolean foreign) throws IOException {
        Path folder = Files.createTempDirectory("virtkeep-");
        if (foreign) {
            Files.setAttribute(folder, "unix:mode", 01733);
        }
        return folder;
    }

    private static Set<BackupBeginFlag> flags(BackupOptions options) {
        var flags = EnumSet.noneOf(BackupBeginFlag.class);
        if (options.quiesce()) {
            flags.add(BackupBeginFlag.QUIESCE);
        }
        return flags;
    }

    private static BackupRequest request(RunRecord record, Plan plan) {
        var disks = plan.decisions().stream()
                .map(decision -> disk(record, decision, plan.options().scratchFolder()))
                .toList();
        return new BackupRequest.Pull(Optional.empty(), record.server(), false, disks);
    }

    private static BackupDisk disk(RunRecord record, DiskDecision decision, Optional<Path> scratchFolder) {
        boolean incremental = decision.base().isPresent();
        String run = record.sockets().getFileName().toString();
        return new BackupDisk(
                decision.disk(),
                true,
                Optional.of(StorageKind.FILE),
                Optional.of(incremental ? BackupMode.INCREMENTAL : BackupMode.FULL),
                decision.base().map(DiskDecision.Base::checkpoint),
                Optional.of(decision.disk()),
                incremental ? Optional.of(BITMAP) : Optional.empty(),
                Optional.empty(),
                scratchFolder.map(folder -> folder.toAbsolutePath()
                        .resolve("%s-%s.qcow2".formatted(run, decision.disk()))
                        .toString()));
    }

    private static CheckpointDefinition definition(String name, CheckpointNames names, Plan plan) {
        return new CheckpointDefinition(
                Optional.of(name),
                Optional.of("made by virtkeep for its backups into repository " + names.repository()),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.of(plan.disks().stream()
                        .map(disk -> new CheckpointDisk(
                                disk.target(), plan.tracking().covers(disk), Optional.empty(), OptionalLong.empty()))
                        .toList()),
                Optional.empty());
    }

    /// The instant that the disks are shown of.
    Instant instant() {
        return begun.started();
    }

    Optional<String> checkpoint() {
        return record.checkpoint();
    }

    NbdAddress server() {
        return begun.server().orElse(record.server());
    }

    /// How to read the disks past the server, if that is offered. It is only faster.
    Optional<BackupUpstream> upstream() {
        try {
            return BackupUpstream.open(domain, id);
        } catch (VirtException e) {
            LOG.info("not read from QEMU itself domain={} job={} cause={}", domain.name(), id, e.getMessage());
            return Optional.empty();
        }
    }

    /// What reading one disk is expected to take, in bytes.
    long expected(String disk) {
        return begun.disks().stream()
                .filter(each -> each.name().equals(disk))
                .mapToLong(BackupJob.Disk::total)
                .sum();
    }

    /// Why the job cannot go on, if that is so.
    Optional<String> failure() {
        return domain.backupJob(id).error();
    }

    /// Looks at the job, which also starts its keeper anew if that has died.
    ///
    /// @throws NbdException.Disconnected if the domain cannot be asked now
    /// @throws IOException if the job does not run any more
    void requireRunning() throws IOException {
        BackupJob found;
        try {
            found = domain.backupJob(id);
        } catch (VirtException e) {
            throw new NbdException.Disconnected(e.getMessage(), e);
        }
        if (found.state() != JobState.RUNNING) {
            throw new IOException("the backup job failed while its disks were read: "
                    + found.error().orElse("somebody else has ended it"));
        }
    }

    /// Takes the job down; the guest does not notice it any more.
    ///
    /// @throws org.virtkeep.model.VirtException OPERATION_FAILED with the reason if the job failed
    ///     meanwhile
    void end() throws IOException {
        domain.backupEnd(id, Set.of());
        removeSockets(record);
    }

    /// Removes the folder of a run's sockets, which must not be in use any more.
    static void removeSockets(RunRecord record) throws IOException {
        Files.deleteIfExists(Path.of(record.server().path()));
        Files.deleteIfExists(record.sockets());
    }
}
