package org.virtkeep.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.VirtException;

/// A virtual machine: known by name, running or not. A handle, not a copy: every call asks the host.
/// Thread-safe.
///
/// Any call throws [VirtException] NO_DOMAIN when the domain has been undefined meanwhile, and
/// OPERATION_TIMEOUT when QEMU stops answering.
public interface Domain extends GuestOperations, BlockJobOperations {

    String name();

    UUID uuid();

    /// The number of this run of the domain; empty while it is shut off.
    OptionalInt id();

    /// As [#id()], but as it was recorded last: does not look at the domain, and so waits for nobody.
    default OptionalInt recordedId() {
        return id();
    }

    DomainState state();

    /// What the domain does, and why.
    default StateReason stateReason() {
        return StateReason.of(state(), 0);
    }

    /// Memory, processors and the time they have used (`virDomainGetInfo`).
    default DomainInfo info() {
        throw NotOffered.by("virDomainGetInfo");
    }

    /// @param groups what to tell beside the state
    default DomainStatistics statistics(Set<DomainStatistics.Group> groups) {
        throw NotOffered.by("virDomainListGetStats");
    }

    /// True if the definition has been changed while the domain runs, so that its next start will
    /// differ (`virDomainIsUpdated`).
    default boolean isUpdated() {
        throw NotOffered.by("virDomainIsUpdated");
    }

    /// What an administrator should know about how the domain runs (`virDomainGetMessages`), such as
    /// that its QEMU has root's rights.
    default List<String> messages() {
        throw NotOffered.by("virDomainGetMessages");
    }

    /// True if a checkpoint of the domain, while it runs, can record the changes of raw disks, too: in QEMU's
    /// memory, and as long as that QEMU lives. libvirt's driver refuses it.
    default boolean tracksRawDisks() {
        return false;
    }

    /// True if it is defined; false if it is known only while its QEMU runs (an attached one).
    boolean isPersistent();

    /// Starts QEMU and, unless told to stay paused, the guest.
    ///
    /// @throws VirtException OPERATION_INVALID if it runs already; RESOURCE_BUSY naming the job if a
    ///     backup of the domain, begun while it was shut off, reads its images; otherwise what kept
    ///     QEMU from starting. Then no process is left.
    void start(Set<StartFlag> flags);

    /// As [#start(Set)], but waits for the end of backups that were begun while the domain was shut
    /// off.
    ///
    /// @param deadline for these backups' end; RESOURCE_BUSY when it has passed
    void start(Set<StartFlag> flags, Deadline deadline);

    /// Stops the guest's processors. A guest that is paused already stays so.
    void suspend();

    /// Lets the guest's processors run. A guest that runs already goes on.
    void resume();

    /// Asks the guest to shut down, and returns; the guest may refuse.
    void shutdown();

    /// As [#shutdown()], through the guest's agent.
    ///
    /// @throws VirtException as [#freezeFileSystems] for the agent
    default void shutdownByAgent() {
        throw NotOffered.by("virDomainShutdownFlags");
    }

    /// Asks the guest to shut down, and starts it again when it has (`virDomainReboot`). Its QEMU goes
    /// on.
    ///
    /// @param byAgent through the guest's agent instead of its power button
    default void reboot(boolean byAgent) {
        throw NotOffered.by("virDomainReboot");
    }

    /// Presses the guest's reset button (`virDomainReset`).
    default void reset() {
        throw NotOffered.by("virDomainReset");
    }

    /// As [#destroy()].
    default void destroy(Set<DestroyFlag> flags) {
        if (!flags.isEmpty()) {
            throw NotOffered.by("virDomainDestroyFlags");
        }
        destroy();
    }

    /// Whether the domain is started with the host.
    default boolean isAutostart() {
        throw NotOffered.by("virDomainGetAutostart");
    }

    /// @throws VirtException OPERATION_INVALID if the domain is known only while it runs
    default void setAutostart(boolean autostart) {
        throw NotOffered.by("virDomainSetAutostart");
    }

    /// Ends QEMU at once, as pulling the plug does, but lets it close its images, so that checkpoints
    /// are kept. A running backup ends as cancelled first.
    void destroy();

    /// Forgets the domain. Its images are not touched. One that runs goes on, and is forgotten when
    /// its QEMU ends.
    ///
    /// @throws VirtException OPERATION_INVALID if it is known only while it runs, while a backup of it
    ///     runs, or when it is shut off and has checkpoints or snapshots and their flag is missing
    void undefine(Set<UndefineFlag> flags);

    /// The domain's XML as it runs, or as it is defined.
    String xml();

    /// [#xml()] as programs want it.
    default String xml(Set<XmlFlag> flags) {
        if (!flags.isEmpty()) {
            throw NotOffered.by("virDomainGetXMLDesc");
        }
        return xml();
    }

    /// A note about the domain (`virDomainGetMetadata`).
    ///
    /// @param place LIVE or CONFIG, or the first that there is
    /// @return empty if there is none
    /// @throws VirtException OPERATION_INVALID for LIVE if it does not run, for CONFIG if it is not
    ///     defined
    default Optional<String> metadata(Metadata which, Metadata.Place place) {
        throw NotOffered.by("virDomainGetMetadata");
    }

    /// Changes a note about the domain (`virDomainSetMetadata`).
    ///
    /// @param text   of a title or description, or an XML element; empty removes it
    /// @param prefix for the namespace of an element; needed with a text
    /// @throws VirtException as [#metadata]; INVALID_ARG for a title of several lines or a missing
    ///     prefix; XML_DETAIL if the element is none
    default void setMetadata(Metadata which, Optional<String> text, Optional<String> prefix, Metadata.Place place) {
        throw NotOffered.by("virDomainSetMetadata");
    }

    /// What `virsh domblklist` shows.
    List<BlockDevice> blockDevices();

    /// @throws VirtException INVALID_ARG if there is no such disk
    BlockInfo blockInfo(String disk);

    /// Changes the size of a disk while the guest runs, which sees it at once (`virDomainBlockResize`).
    /// Checkpoints stay good: what is added counts as unchanged until it is written to.
    ///
    /// @param bytes a multiple of 512
    /// @throws VirtException OPERATION_INVALID if the domain does not run, or naming the job that
    ///     backs the disk up; INVALID_ARG if there is no such disk or it cannot have this size;
    ///     OPERATION_FAILED with QEMU's reason
    void blockResize(String disk, long bytes);

    /// Plugs a disk into the running guest, which sees it at once (`virDomainAttachDevice` with a
    /// `<disk>`).
    ///
    /// @param xml   a `<disk>` element
    /// @param flags with CONFIG the domain has the disk at its next start, too
    /// @throws VirtException what the element lacks; OPERATION_INVALID if the domain does not run or
    ///     has a disk of that name; OPERATION_FAILED with QEMU's reason, such as a bus that cannot be
    ///     plugged into. Nothing has changed then.
    void attachDisk(String xml, Set<DeviceFlag> flags);

    /// Asks the running guest to give a disk up, and waits until it has (`virDomainDetachDevice`).
    /// The image is not touched.
    ///
    /// @throws VirtException OPERATION_INVALID if the domain does not run, or naming the job that
    ///     backs the disk up; INVALID_ARG if there is no such disk; OPERATION_TIMEOUT if the guest does
    ///     not give it up: it has the disk still, and may be asked again
    void detachDisk(String disk, Set<DeviceFlag> flags);

    /// Changes the medium in a drive of the running guest (`virDomainUpdateDeviceFlags` of a cdrom).
    ///
    /// @param source path of the new medium, a file or a block device; empty to leave the drive empty
    /// @param force  open the tray even if the guest has locked it
    /// @throws VirtException INVALID_ARG if there is no such drive; OPERATION_INVALID if the domain
    ///     does not run, or naming the job that backs the drive up; OPERATION_FAILED if the guest has
    ///     locked the tray. If the new medium cannot be put in after the old one was taken out, the
    ///     drive is empty
    void changeMedia(String drive, Optional<String> source, boolean force);

    /// As [#changeMedia(String, Optional, boolean)], also for a domain that is shut off, and for its
    /// definition.
    default void changeMedia(String drive, Optional<String> source, boolean force, Set<DeviceFlag> flags) {
        if (!flags.isEmpty()) {
            throw NotOffered.by("virDomainUpdateDeviceFlags");
        }
        changeMedia(drive, source, force);
    }

    /// The disks on which a request failed since the guest was last resumed
    /// (`virDomainGetDiskErrors`), by target.
    ///
    /// @throws VirtException OPERATION_INVALID if the domain does not run
    default Map<String, DiskError> diskErrors() {
        throw NotOffered.by("virDomainGetDiskErrors");
    }

    /// Sends a command to QEMU's monitor, and returns what it answered, be it a refusal. Nothing keeps
    /// it from doing harm to what virtkeep knows about the domain.
    ///
    /// @param human in the language of the monitor for people, instead of QMP
    default String monitorCommand(String command, boolean human) {
        throw NotOffered.by("virDomainQemuMonitorCommand");
    }

    // ---- several calls

    /// Something to be done about a domain.
    @FunctionalInterface
    interface Task<T, X extends Exception> {
        T run() throws X;
    }

    /// Does several things about this domain as one operation. Where every call has to wait for the
    /// domain and to look at it first, this is done once, and others wait until `task` has ended;
    /// elsewhere it is the same as `task` alone.
    ///
    /// @param what what it is, such as `backup`; shown to those who wait meanwhile
    /// @param task calls this domain in this thread; must be short, and must not end a job
    /// @throws VirtException NO_DOMAIN if there is no such domain any more; OPERATION_TIMEOUT if another
    ///     operation holds it; what `task` throws
    default <T, X extends Exception> T together(String what, Task<T, X> task) throws X {
        return task.run();
    }

    // ---- backup jobs

    /// Starts a backup of several disks as they are at one point in time, and optionally creates a
    /// checkpoint at the same instant (`virDomainBackupBegin`).
    ///
    /// Any number of jobs may run at once, even on the same disk, each of its own instant. What they
    /// cannot share is a file that one of them writes, and an address.
    ///
    /// @return the job's id, positive and never used again for this domain
    /// @throws VirtException one of the codes in `docs/errors.md`. Nothing is left behind then: no
    ///     file, no node, no bitmap, no checkpoint.
    int backupBegin(BackupRequest request, Optional<CheckpointDefinition> checkpoint, Set<BackupBeginFlag> flags);

    /// Ends a backup job (`virDomainBackupEnd`). A pull is taken down; a finished push is
    /// acknowledged.
    ///
    /// @param id the job's id; 0 means the running job, or if none runs, the one that has ended and
    ///     was not yet acknowledged
    /// @return [BackupEnd#COMPLETED], or [BackupEnd#ABORTED] for an unfinished push that was aborted
    /// @throws VirtException OPERATION_INVALID for a running push without ABORT, or when 0 could mean
    ///     several jobs; NO_DOMAIN_BACKUP if there is no such job; OPERATION_FAILED with the reason if
    ///     the job failed
    BackupEnd backupEnd(int id, Set<BackupEndFlag> flags);

    /// Gives one of the running jobs up, chosen while none can begin or end (`virDomainAbortJob`): a
    /// pull ends as by [#backupEnd], a push is aborted. Of a pull this may return as soon as that is
    /// decided for good; what it holds is released then, and other calls that are about it wait for
    /// that.
    ///
    /// @param choice is given [#runningBackupJobs()], and throws if there is none to end
    /// @throws VirtException what `choice` throws; as [#backupEnd]
    default void backupAbort(Function<List<BackupJob>, BackupJob> choice) {
        BackupJob job = choice.apply(runningBackupJobs());
        backupEnd(job.id(), job.push() ? Set.of(BackupEndFlag.ABORT) : Set.of());
    }

    /// The job's `<domainbackup>`, valid as input again (`virDomainBackupGetXMLDesc`). Works for ended
    /// jobs until their record is dropped.
    ///
    /// @param id as for [#backupEnd]; 0 also means the last ended job if none runs
    /// @throws VirtException NO_DOMAIN_BACKUP if there is no such job
    String backupXml(int id);

    /// Running and ended jobs, oldest first. The last ended ones are kept.
    List<BackupJob> backupJobs();

    /// Those that run, oldest first.
    default List<BackupJob> runningBackupJobs() {
        return backupJobs().stream()
                .filter(job -> job.state() == JobState.RUNNING)
                .toList();
    }

    /// State, statistics and disks of one job.
    ///
    /// @param id as for [#backupXml]
    BackupJob backupJob(int id);

    /// Puts on record who reads a running pull's disks from QEMU itself; see [BackupUpstream], which programs use
    /// instead.
    ///
    /// @param id the job's, not 0
    /// @return how to read them, in the order of the job's disks; empty if the connection does not offer
    ///     it, the job does not run, or has another reader
    default List<BackupUpstream.Disk> backupReader(int id, BackupReader reader) {
        return List.of();
    }

    // ---- checkpoints

    /// Creates a checkpoint: from now on, what changes on its disks is recorded
    /// (`virDomainCheckpointCreateXML`). It follows the parent that the definition names, or else the
    /// current checkpoint.
    ///
    /// With REDEFINE, makes a checkpoint known whose bitmaps are in the images already, as
    /// [#checkpointsRedefine] does for several.
    ///
    /// @throws VirtException see `docs/errors.md`; nothing has changed then
    Checkpoint checkpointCreate(CheckpointDefinition definition, Set<CheckpointCreateFlag> flags);

    /// Makes checkpoints known whose bitmaps are in the images already, in any order; one that is
    /// known is replaced. The domain need not run.
    ///
    /// @param definitions with name and time of creation; their parents must be known or among them
    /// @param validate    refuse those whose bitmaps are missing or broken
    /// @return those that were redefined, parents before children
    /// @throws VirtException XML_ERROR for a missing name, INTERNAL_ERROR for a missing time,
    ///     INVALID_ARG for a parent that is not known or would make a cycle, or for another domain's
    ///     UUID; CHECKPOINT_INCONSISTENT if not valid. Nothing has changed then.
    List<Checkpoint> checkpointsRedefine(List<CheckpointDefinition> definitions, boolean validate);

    /// All checkpoints, parents before children.
    default List<Checkpoint> checkpoints() {
        return checkpoints(Set.of(CheckpointFilter.TOPOLOGICAL));
    }

    /// The checkpoints that pass all `filters` (`virDomainListAllCheckpoints`).
    ///
    /// @throws VirtException INVALID_ARG for a filter that is for checkpoints only
    List<Checkpoint> checkpoints(Set<CheckpointFilter> filters);

    /// @throws VirtException NO_DOMAIN_CHECKPOINT if there is none of that name
    Checkpoint checkpoint(String name);

    // ---- snapshots

    /// Keeps the state of the domain's disks (`virDomainSnapshotCreateXML`): from this instant on,
    /// what is written goes to new images, the overlays, which rest on the old ones. Optionally
    /// creates a checkpoint at the same instant (`virDomainSnapshotCreateXML2`); both come about or
    /// neither. What is recorded for other checkpoints goes on being recorded.
    ///
    /// @return a handle, also to a snapshot without metadata, which then knows no more than its name
    /// @throws VirtException see `docs/errors.md`; nothing has changed then. Except AGENT_UNRESPONSIVE
    ///     saying that the snapshot exists: it was taken, but the guest was thawed before the instant.
    Snapshot snapshotCreate(
            SnapshotDefinition snapshot, Optional<CheckpointDefinition> checkpoint, Set<SnapshotCreateFlag> flags);

    /// All snapshots, parents before children.
    List<Snapshot> snapshots();

    /// @throws VirtException NO_DOMAIN_SNAPSHOT if there is none of that name
    Snapshot snapshot(String name);

    enum SnapshotCreateFlag {
        /// Forget the snapshot's name when it is taken; only the overlays remain
        /// (`VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA`).
        NO_METADATA,
        /// Only the disks, not the guest's memory; without it the document must say so
        /// (`VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY`).
        DISK_ONLY,
        /// The overlays exist: empty qcow2 images that rest on the disks' images
        /// (`VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT`).
        REUSE_EXTERNAL,
        /// Freeze the guest's file systems through its agent for the instant; they are always thawed
        /// (`VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE`).
        QUIESCE,
        /// All disks or none, which is always so (`VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC`).
        ATOMIC
    }
    /// Whether the domain's checkpoints hold, disk by disk: all known ones, parents before children,
    /// and then bitmaps in the images that no known checkpoint owns. Of a domain that is shut off, the
    /// images are looked at.
    List<CheckpointHealth> checkpointHealth();

    /// Makes checkpoints and images agree again: what is broken is removed or marked as lost, what
    /// holds stays. May be repeated at any time, also after it was interrupted.
    ///
    /// @param name only this checkpoint; empty for all, and for broken bitmaps that no checkpoint owns
    /// @throws VirtException NO_DOMAIN_CHECKPOINT if there is neither a checkpoint nor a bitmap of
    ///     that name
    CheckpointRepair checkpointRepair(Optional<String> name, Set<CheckpointRepairFlag> flags);

    /// Makes bitmaps that are in the images, and that no known checkpoint owns, known as checkpoints
    /// without a parent. Only disks are tracked whose bitmap is sound.
    ///
    /// @param names which; empty for all that are sound
    /// @throws VirtException NO_DOMAIN_CHECKPOINT if there is no bitmap of such a name;
    ///     OPERATION_FAILED if the name is that of a known checkpoint; CHECKPOINT_INCONSISTENT if no
    ///     disk's bitmap is sound
    CheckpointRepair checkpointImport(List<String> names, Set<CheckpointRepairFlag> flags);

    enum StartFlag {
        /// The guest's processors do not run until [Domain#resume()].
        PAUSED
    }

    enum DeviceFlag {
        /// Also change the persistent definition (`VIR_DOMAIN_AFFECT_CONFIG`).
        CONFIG,
        /// Change the persistent definition alone; the domain need not run.
        CONFIG_ONLY
    }

    enum XmlFlag {
        /// With what is secret (`VIR_DOMAIN_XML_SECURE`).
        SECURE,
        /// As it is defined, also while it runs (`VIR_DOMAIN_XML_INACTIVE`).
        INACTIVE
    }

    enum DestroyFlag {
        /// Do not kill a QEMU that does not end by itself; OPERATION_TIMEOUT then
        /// (`VIR_DOMAIN_DESTROY_GRACEFUL`).
        GRACEFUL,
        /// Also delete what QEMU has printed (`VIR_DOMAIN_DESTROY_REMOVE_LOGS`).
        REMOVE_LOGS
    }

    /// With libvirt's numbers (`virDomainDiskErrorCode`).
    enum DiskError {
        UNSPECIFIC(1),
        NO_SPACE(2);

        private final int wireValue;

        DiskError(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }

    enum UndefineFlag {
        /// Also forget the domain's checkpoints. Their bitmaps stay in the images.
        CHECKPOINTS_METADATA,
        /// Also forget the domain's snapshots. Their images stay as they are.
        SNAPSHOTS_METADATA,
        /// Also delete the file in which its firmware keeps variables. Without it the file stays.
        NVRAM
    }

    enum BackupBeginFlag {
        /// Write into target or scratch files that exist (`VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL`).
        REUSE_EXTERNAL,
        /// Freeze the guest's file systems through its agent for the instant of the backup; they are
        /// always thawed.
        QUIESCE,
        /// If a disk of a push fails, give all of them up. Without it the others are finished and
        /// kept, and the job ends as FAILED with the state of each disk told apart.
        ALL_OR_NOTHING,
        /// A disk that cannot be incremental, because what changed since its checkpoint is not known,
        /// is backed up in full instead; [BackupJob.Disk#fallback()] tells why. Without it the backup
        /// is refused.
        FALLBACK_FULL,
        /// If the guest shuts down, keep its QEMU until the backup has ended
        /// (`VIR_DOMAIN_BACKUP_BEGIN_PRESERVE_SHUTDOWN_DOMAIN`). Without it the backup is cancelled
        /// then.
        PRESERVE_SHUTDOWN
    }

    enum BackupEndFlag {
        /// Also end a push that is still copying (`VIR_DOMAIN_BACKUP_END_ABORT`).
        ABORT
    }

    enum BackupEnd {
        ABORTED(0),
        COMPLETED(1);

        private final int wireValue;

        BackupEnd(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }

    /// How a checkpoint is created (`virDomainCheckpointCreateFlags`).
    enum CheckpointCreateFlag {
        /// Its bitmaps exist: make it known again. Excludes QUIESCE.
        REDEFINE(1),
        /// Freeze the guest's file systems through its agent for the instant of the checkpoint.
        QUIESCE(1 << 1),
        /// With REDEFINE: refuse it if its bitmaps are missing or broken.
        REDEFINE_VALIDATE(1 << 2);

        private final int wireValue;

        CheckpointCreateFlag(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }

    enum CheckpointRepairFlag {
        /// Change nothing, and tell what would be done.
        DRY_RUN
    }
}
