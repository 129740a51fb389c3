package org.virtkeep.qemu;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BackupReader;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.BlockInfo;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainInfo;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.Metadata;
import org.virtkeep.api.Snapshot;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.CheckpointOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessUsage;
import org.virtkeep.qmp.ContinueVm;
import org.virtkeep.qmp.PowerDownVm;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.ResetVm;
import org.virtkeep.qmp.StopVm;

/// A domain by its name. Every call opens it anew. Immutable.
final class EmbeddedDomain extends EmbeddedBlockJobs implements Domain {
    /// A backup takes seconds at least.
    private static final Duration BETWEEN_STARTS = Duration.ofMillis(200);
    /// For QEMU to let go of a job. A cancelled copy waits for its writes in flight.
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

    /// To find out what a command in the monitor has done.
    private static final Duration AFTER_COMMAND = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDomain.class);

    private final Sessions sessions;
    private final JobServices services;
    private final String name;
    private final DomainFolder place;
    private final UUID uuid;

    EmbeddedDomain(Sessions sessions, JobServices services, DomainFolder folder, UUID uuid) {
        super(sessions, services, folder.name());
        this.sessions = sessions;
        this.services = services;
        this.name = folder.name();
        this.place = folder;
        this.uuid = uuid;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public UUID uuid() {
        return uuid;
    }

    private DomainFolder folder() {
        if (services.knownUuid(place).isEmpty() && !place.exists()) {
            throw sessions.noDomain(name);
        }
        return place;
    }

    private <T> T within(String what, Function<DomainSession, T> action) {
        try (DomainSession session = sessions.open(name, what)) {
            return action.apply(session);
        }
    }

    @Override
    public <T, X extends Exception> T together(String what, Task<T, X> task) throws X {
        return sessions.<T, X>holding(name, what, task::run);
    }

    /// For what only asks: without a session where none is needed.
    private <T> T asking(String what, Function<DomainSession, T> question) {
        return services.settled().ask(sessions, folder(), question).orElseGet(() -> within(what, question));
    }

    @Override
    public OptionalInt id() {
        Optional<SettledDomains.Settled> settled = services.settled().find(place);
        if (settled.isPresent()) {
            return OptionalInt.of(settled.get().run().id());
        }
        if (services.resting().find(place).isPresent()) {
            return OptionalInt.empty();
        }
        // One that is listened to is not looked at: it may be unsettled for as long as a job runs.
        boolean active = services.watched().find(place).isPresent() || state() != DomainState.SHUTOFF;
        Optional<DomainRun> run = folder().readRun().filter(_ -> active);
        return run.isPresent() ? OptionalInt.of(run.get().id()) : OptionalInt.empty();
    }

    @Override
    public OptionalInt recordedId() {
        Optional<DomainRun> run = recordedRun();
        return run.isPresent() ? OptionalInt.of(run.get().id()) : OptionalInt.empty();
    }

    private Optional<DomainRun> recordedRun() {
        return services.settled()
                .unchanged(place)
                .map(SettledDomains.Settled::run)
                .or(() -> folder().readRun());
    }

    /// Does not wait long for an operation on the domain: it then tells the state that was last
    /// announced.
    @Override
    public DomainState state() {
        return new DomainLook(sessions, services).stateOf(folder());
    }

    /// As [#state()].
    @Override
    public StateReason stateReason() {
        return services.settled()
                .find(place)
                .map(SettledDomains.Settled::reason)
                .or(() -> services.resting().find(place).map(RestingDomains.Rest::reason))
                .orElseGet(() -> new DomainLook(sessions, services).reasonOf(folder()));
    }

    @Override
    public DomainInfo info() {
        return figures("dominfo", Statistics::info);
    }

    @Override
    public DomainStatistics statistics(Set<DomainStatistics.Group> groups) {
        return figures("domstats", statistics -> statistics.collect(groups));
    }

    /// Of a domain at rest they are on disk.
    private <T> T figures(String what, Function<Statistics, T> wanted) {
        DomainFolder folder = folder();
        Optional<Statistics> resting = services.resting()
                .find(folder)
                .flatMap(rest ->
                        Sessions.definition(folder).map(definition -> Statistics.ofResting(definition, rest.reason())));
        return resting.map(wanted)
                .orElseGet(() -> asking(what, session -> wanted.apply(Statistics.of(session, services.watched()))));
    }

    @Override
    public boolean isUpdated() {
        return DomainDocuments.isUpdated(folder());
    }

    @Override
    public List<String> messages() {
        boolean privileged = recordedRun()
                .flatMap(DomainRun::process)
                .filter(process -> ProcessUsage.effectiveUser(process).equals(OptionalLong.of(0)))
                .isPresent();
        return privileged ? List.of("tainted: running with undesirable elevated privileges") : List.of();
    }

    @Override
    public boolean tracksRawDisks() {
        return true;
    }

    @Override
    public boolean isPersistent() {
        return folder().isDefined();
    }

    @Override
    public void start(Set<StartFlag> flags) {
        try (DomainSession session = sessions.open(name, "start")) {
            sessions.start(session, flags.contains(StartFlag.PAUSED));
        }
    }

    @Override
    public void start(Set<StartFlag> flags, Deadline deadline) {
        while (!startUnlessRead(flags, deadline.hasPassed())) {
            LockSupport.parkNanos(deadline.atMost(BETWEEN_STARTS).remaining().toNanos());
        }
    }

    /// @param last refuse instead of waiting
    /// @return false if a backup reads its images
    private boolean startUnlessRead(Set<StartFlag> flags, boolean last) {
        try (DomainSession session = sessions.open(name, "start")) {
            if (!last && !session.isActive() && session.hasImages()) {
                return false;
            }
            sessions.start(session, flags.contains(StartFlag.PAUSED));
            return true;
        }
    }

    @Override
    public void suspend() {
        changeGuest("suspend", state -> state == DomainState.RUNNING, new StopVm());
    }

    @Override
    public void resume() {
        changeGuest("resume", state -> state != DomainState.RUNNING, new ContinueVm());
    }

    /// If there is nothing to do, or the guest was not doing any more what was heard of it last, QEMU
    /// is asked first.
    private void changeGuest(String what, Predicate<DomainState> isOther, QmpCommand<?> command) {
        try (DomainSession session = sessions.openForCommand(name, what)) {
            session.requireActive(ErrorCode.OPERATION_INVALID);
            if (isOther.test(session.settledState()) && session.changeGuest(command)) {
                return;
            }
        } catch (VirtException e) {
            if (e.code() != ErrorCode.OPERATION_FAILED) {
                throw e;
            }
        }
        try (DomainSession session = sessions.open(name, what)) {
            session.requireActive(ErrorCode.OPERATION_INVALID);
            if (isOther.test(session.settledState())) {
                session.changeGuest(command);
            }
        }
    }

    @Override
    public void shutdown() {
        try (DomainSession session = sessions.open(name, "shutdown")) {
            session.requireActive(ErrorCode.OPERATION_INVALID);
            session.folder().setRebooting(false);
            session.execute(new PowerDownVm());
        }
    }

    @Override
    public void shutdownByAgent() {
        agent().shutdown("powerdown");
    }

    @Override
    public void reboot(boolean byAgent) {
        if (byAgent) {
            agent().shutdown("reboot");
            return;
        }
        try (DomainSession session = sessions.open(name, "reboot")) {
            session.requireActive(ErrorCode.OPERATION_INVALID);
            session.folder().setRebooting(true);
            session.execute(new PowerDownVm());
        }
    }

    @Override
    public void reset() {
        try (DomainSession session = sessions.open(name, "reset")) {
            session.requireActive(ErrorCode.OPERATION_INVALID);
            session.execute(new ResetVm());
        }
    }

    @Override
    public void destroy() {
        destroy(Set.of());
    }

    @Override
    public void destroy(Set<DestroyFlag> flags) {
        DomainFolder folder = folder();
        sessions.destroy(name, Deadline.in(Sessions.USUAL_LIMIT), !flags.contains(DestroyFlag.GRACEFUL));
        if (flags.contains(DestroyFlag.REMOVE_LOGS)) {
            folder.deleteLog();
        }
    }

    @Override
    public boolean isAutostart() {
        return folder().isAutostart();
    }

    @Override
    public void setAutostart(boolean autostart) {
        try (DomainSession session = sessions.open(name, "autostart")) {
            if (!session.folder().isDefined()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "cannot set autostart for transient domain: '%s' is known only while it runs".formatted(name));
            }
            session.folder().setAutostart(autostart);
        }
    }

    @Override
    public void undefine(Set<UndefineFlag> flags) {
        new Undefining(sessions, services).undefine(name, flags);
    }

    /// As [#state()], answered from what is recorded if the domain is busy, or does not answer.
    @Override
    public String xml() {
        return xml(Set.of(XmlFlag.SECURE));
    }

    @Override
    public String xml(Set<XmlFlag> flags) {
        DomainFolder folder = folder();
        Optional<SettledDomains.Settled> settled = services.settled().find(folder);
        if (settled.isPresent() && !flags.contains(XmlFlag.INACTIVE)) {
            return DomainDocuments.running(
                    settled.get().definition().document(), settled.get().run(), flags);
        }
        if (settled.isEmpty() && services.resting().find(folder).isEmpty()) {
            new DomainLook(sessions, services).settle(folder);
        }
        return DomainDocuments.xml(folder, flags).orElseThrow(() -> sessions.noDomain(name));
    }

    @Override
    public Optional<String> metadata(Metadata which, Metadata.Place place) {
        return asking("metadata", session -> DomainDocuments.note(session, which, place));
    }

    @Override
    public void setMetadata(Metadata which, Optional<String> text, Optional<String> prefix, Metadata.Place place) {
        try (DomainSession session = sessions.open(name, "metadata")) {
            DomainDocuments.changeNote(session, place, document -> Notes.change(document, which, text, prefix));
        }
    }

    /// As [#xml()].
    @Override
    public List<BlockDevice> blockDevices() {
        return new DomainLook(sessions, services)
                .definitionOf(folder()).disks().stream()
                        .map(EmbeddedDomain::blockDevice)
                        .toList();
    }

    private static BlockDevice blockDevice(DomainDisk disk) {
        String type = disk.source()
                .map(source -> switch (source) {
                    case DiskSource.File _ -> "file";
                    case DiskSource.Block _ -> "block";
                    case DiskSource.Nbd _ -> "network";
                })
                .orElse("file");
        String device = disk.device() == DomainDisk.Device.CDROM ? "cdrom" : "disk";
        return new BlockDevice(disk.target(), type, device, disk.source().map(DiskSource::describe));
    }

    @Override
    public BlockInfo blockInfo(String disk) {
        return asking("domblkinfo", session -> BlockSizes.of(session, disk));
    }

    @Override
    public void blockResize(String disk, long bytes) {
        try (DomainSession session = sessions.open(name, "blockresize")) {
            BlockResizing.resize(session, services.backups(), disk, bytes);
        }
    }

    @Override
    public void attachDisk(String xml, Set<DeviceFlag> flags) {
        try (DomainSession session = sessions.open(name, "attach-disk")) {
            DiskHotplug.attach(session, xml, flags);
        }
    }

    @Override
    public void detachDisk(String disk, Set<DeviceFlag> flags) {
        try (DomainSession session = sessions.open(name, "detach-disk")) {
            DiskHotplug.detach(session, services.backups(), disk, flags);
        }
    }

    @Override
    public void changeMedia(String drive, Optional<String> source, boolean force) {
        try (DomainSession session = sessions.open(name, "change-media")) {
            MediaChange.run(session, services.backups(), drive, source, force);
        }
    }

    @Override
    public void changeMedia(String drive, Optional<String> source, boolean force, Set<DeviceFlag> flags) {
        try (DomainSession session = sessions.open(name, "change-media")) {
            if (!flags.contains(DeviceFlag.CONFIG_ONLY)) {
                MediaChange.run(session, services.backups(), drive, source, force);
            }
            if (!flags.isEmpty()) {
                MediaChange.define(session, drive, source);
            }
        }
    }

    @Override
    public Map<String, DiskError> diskErrors() {
        return asking("domblkerror", DiskErrors::of);
    }

    @Override
    public String monitorCommand(String command, boolean human) {
        if (!MonitorCommands.mayChange(command, human)) {
            return asking("qemu-monitor-command", session -> MonitorCommands.run(session, command, human));
        }
        try (DomainSession session = sessions.openForCommand(name, "qemu-monitor-command")) {
            session.requireActive(ErrorCode.OPERATION_INVALID);
            return session.changeGuest(() -> MonitorCommands.run(session, command, human), Deadline.in(AFTER_COMMAND))
                    .result();
        }
    }

    @Override
    public int backupBegin(
            BackupRequest request, Optional<CheckpointDefinition> checkpoint, Set<BackupBeginFlag> flags) {
        return services.endings()
                .within(
                        () -> sessions.openForJob(name, "backup-begin"),
                        session -> services.backups().begin(session, request, checkpoint, flags));
    }

    @Override
    public BackupEnd backupEnd(int id, Set<BackupEndFlag> flags) {
        try {
            return end(id, flags);
        } finally {
            endUnneededQemu();
        }
    }

    @Override
    public void backupAbort(Function<List<BackupJob>, BackupJob> choice) {
        abortPull(choice).ifPresent(push -> backupEnd(push, Set.of(BackupEndFlag.ABORT)));
    }

    /// The session goes on without the caller, so that nobody else sees the job half taken down.
    ///
    /// @return the job's id if it is no pull; nothing was done then
    private OptionalInt abortPull(Function<List<BackupJob>, BackupJob> choice) {
        DomainSession session = sessions.open(name, "backup-end");
        boolean goesOn = false;
        try {
            BackupJob job = choice.apply(services.backups().goingJobs(session));
            if (job.push()) {
                return OptionalInt.of(job.id());
            }
            services.backups().decide(session, job.id());
            services.endings().start(() -> release(session, job.id()));
            goesOn = true;
            return OptionalInt.empty();
        } finally {
            if (!goesOn) {
                session.close();
            }
        }
    }

    private void release(DomainSession opened, int job) {
        try {
            boolean released;
            try (DomainSession session = opened) {
                released = services.backups().release(session, job).result().isPresent();
            }
            if (!released) {
                end(job, Set.of());
            }
            endUnneededQemu();
        } catch (VirtException e) {
            LOG.warn(
                    "job not released yet domain={} job={} reason={}",
                    name,
                    job,
                    e.getMessage()); // the next session does
        }
    }

    /// Lets go of the domain between two tries, for a slow target must not hold up other calls.
    private BackupEnd end(int id, Set<BackupEndFlag> flags) {
        var deadline = Deadline.in(END_LIMIT);
        var ended = within("backup-end", session -> services.backups().end(session, id, flags));
        while (ended.result().isEmpty() && !deadline.hasPassed()) {
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            int job = ended.id();
            ended = within("backup-end", session -> services.backups().end(session, job, flags));
        }
        int job = ended.id();
        return ended.result()
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        ("backup job %d of domain '%s' has been ended, but QEMU still waits for its storage; what it holds "
                                        + "is released when the storage answers")
                                .formatted(job, name)));
    }

    /// A guest that has shut down may have left its QEMU to the backup that has just ended; opening a
    /// session is all it takes.
    private void endUnneededQemu() {
        if (place.readRun()
                .filter(run -> run.reported() == DomainState.SHUTDOWN)
                .isPresent()) {
            new DomainLook(sessions, services).stateOf(place);
        }
    }

    @Override
    public String backupXml(int id) {
        return asking("backup-dumpxml", session -> services.backups().xml(session, id));
    }

    @Override
    public List<BackupJob> backupJobs() {
        return asking("backup-list", session -> services.backups().jobs(session));
    }

    @Override
    public List<BackupJob> runningBackupJobs() {
        return asking("backup-list", session -> services.backups().runningJobs(session));
    }

    @Override
    public BackupJob backupJob(int id) {
        return asking("domjobinfo", session -> services.backups().job(session, id));
    }

    @Override
    public List<BackupUpstream.Disk> backupReader(int id, BackupReader reader) {
        return services.backups().reader(folder(), id, reader);
    }

    @Override
    public Checkpoint checkpointCreate(CheckpointDefinition definition, Set<CheckpointCreateFlag> flags) {
        CheckpointOperations checkpoints = services.checkpoints();
        return handle(within("checkpoint-create", session -> checkpoints.create(session, definition, flags)));
    }

    @Override
    public List<Checkpoint> checkpointsRedefine(List<CheckpointDefinition> definitions, boolean validate) {
        CheckpointOperations checkpoints = services.checkpoints();
        return handles(within("checkpoint-create", session -> checkpoints.redefine(session, definitions, validate)));
    }

    @Override
    public List<Checkpoint> checkpoints(Set<CheckpointFilter> filters) {
        new DomainLook(sessions, services).settle(folder()); // a creation or deletion may have been interrupted
        return handles(services.checkpoints().names(folder(), filters));
    }

    private List<Checkpoint> handles(List<String> names) {
        return names.stream().map(this::handle).toList();
    }

    @Override
    public List<CheckpointHealth> checkpointHealth() {
        return asking("checkpoint-list", session -> services.checkpoints().health(session));
    }

    @Override
    public CheckpointRepair checkpointRepair(Optional<String> checkpoint, Set<CheckpointRepairFlag> flags) {
        return within("checkpoint-repair", session -> services.checkpoints().repair(session, checkpoint, flags));
    }

    @Override
    public CheckpointRepair checkpointImport(List<String> checkpoints, Set<CheckpointRepairFlag> flags) {
        return within(
                "checkpoint-import", session -> services.checkpoints().importUnknown(session, checkpoints, flags));
    }

    @Override
    public Checkpoint checkpoint(String checkpoint) {
        services.checkpoints().parent(folder(), checkpoint);
        return handle(checkpoint);
    }

    private Checkpoint handle(String checkpoint) {
        return new EmbeddedCheckpoint(sessions, services, name, checkpoint);
    }

    @Override
    public Snapshot snapshotCreate(
            SnapshotDefinition snapshot, Optional<CheckpointDefinition> checkpoint, Set<SnapshotCreateFlag> flags) {
        return snapshotHandle(within(
                "snapshot-create", session -> services.snapshots().create(session, snapshot, checkpoint, flags)));
    }

    @Override
    public List<Snapshot> snapshots() {
        return services.snapshots().names(folder()).stream()
                .map(this::snapshotHandle)
                .toList();
    }

    @Override
    public Snapshot snapshot(String snapshot) {
        services.snapshots().definition(folder(), snapshot);
        return snapshotHandle(snapshot);
    }

    private Snapshot snapshotHandle(String snapshot) {
        return new EmbeddedSnapshot(sessions, services.snapshots(), name, snapshot);
    }
}
