package org.virtkeep.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.BlockInfo;
import org.virtkeep.api.BlockPull;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.DiskJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.api.Metadata;
import org.virtkeep.api.Snapshot;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.VirtException;

/// A domain in memory. What is asked of it is written into the host's list of calls.
final class FakeDomain implements Domain {
    private final FakeHost host;
    private final String name;
    private final int id;
    private final DomainState state;

    final List<BlockDevice> disks = new ArrayList<>();
    final List<BackupJob> jobs = new ArrayList<>();
    final List<Checkpoint> checkpoints = new ArrayList<>();
    final List<Snapshot> snapshots = new ArrayList<>();
    final List<CheckpointHealth> health = new ArrayList<>();
    final List<CheckpointRepair.Step> steps = new ArrayList<>();

    /// What each look at a job sees; the last one stays.
    final Deque<BackupJob> looks = new ArrayDeque<>();

    Optional<DiskJob> diskJob = Optional.empty();
    Optional<VirtException> refusal = Optional.empty();
    Optional<VirtException> endRefusal = Optional.empty();
    BackupEnd end = BackupEnd.COMPLETED;
    String xml = "<domain/>";

    /// What happens when its XML is asked for.
    Runnable disturbance = () -> {};

    Map<String, DiskError> diskErrors = Map.of();
    Optional<String> metadata = Optional.empty();
    boolean gone;

    FakeDomain(FakeHost host, String name, int id, DomainState state) {
        this.host = host;
        this.name = name;
        this.id = id;
        this.state = state;
    }

    private void called(String call) {
        host.calls.add(name + " " + call);
        refusal.ifPresent(refused -> {
            throw refused;
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public UUID uuid() {
        return UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public OptionalInt id() {
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public DomainState state() {
        if (gone) {
            throw VirtException.qemu(ErrorCode.NO_DOMAIN, "domain '%s' has gone".formatted(name));
        }
        return state;
    }

    @Override
    public boolean isPersistent() {
        return true;
    }

    @Override
    public void start(Set<StartFlag> flags, Deadline deadline) {
        long seconds = deadline.limit().toSeconds();
        called("start " + flags + (seconds == 0 ? "" : " waiting " + seconds));
    }

    @Override
    public void start(Set<StartFlag> flags) {
        called("start " + flags);
    }

    @Override
    public void suspend() {
        called("suspend");
    }

    @Override
    public void resume() {
        called("resume");
    }

    @Override
    public void shutdown() {
        called("shutdown");
    }

    @Override
    public void destroy() {
        called("destroy");
    }

    @Override
    public void reboot(boolean byAgent) {
        called("reboot " + byAgent);
    }

    @Override
    public void reset() {
        called("reset");
    }

    @Override
    public void setAutostart(boolean autostart) {
        called("autostart " + autostart);
    }

    @Override
    public int freezeFileSystems(List<String> mountPoints) {
        called("freeze " + mountPoints);
        return 2;
    }

    @Override
    public int thawFileSystems() {
        called("thaw");
        return 2;
    }

    @Override
    public List<GuestFileSystem> guestFileSystems() {
        return List.of(new GuestFileSystem(
                "/srv", "vda1", "ext4", OptionalLong.empty(), OptionalLong.empty(), List.of("vda")));
    }

    @Override
    public DomainStatistics statistics(Set<DomainStatistics.Group> groups) {
        called("statistics " + new java.util.TreeSet<>(groups));
        var requests = new DomainStatistics.Requests(5, 20480, 7, 3, 4096, 9, 1, 2);
        return new DomainStatistics(
                StateReason.RUNNING_BOOTED,
                Optional.of(new DomainStatistics.Cpu(100, 60, 40)),
                Optional.of(new DomainStatistics.Memory(
                        2048, 1024, Map.of(DomainStatistics.MemoryFigure.LAST_UPDATE, 17L))),
                2,
                List.of(new DomainStatistics.Vcpu(1, 50, OptionalLong.of(3))),
                List.of(
                        disk("vda", Optional.of(requests)),
                        disk("vdb", Optional.of(requests)),
                        disk("hdc", Optional.empty())));
    }

    private static DomainStatistics.Disk disk(String target, Optional<DomainStatistics.Requests> requests) {
        return new DomainStatistics.Disk(
                target,
                0,
                requests.map(_ -> "/" + target),
                requests,
                OptionalLong.empty(),
                OptionalLong.of(1 << 20),
                OptionalLong.empty());
    }

    @Override
    public Map<String, DiskError> diskErrors() {
        return diskErrors;
    }

    @Override
    public GuestInfo guestInfo(Set<GuestInfo.Part> parts) {
        called("guestInfo " + new java.util.TreeSet<>(parts));
        return new GuestInfo(
                Optional.of(List.of(new GuestInfo.User("alice", Optional.empty(), OptionalLong.of(1500)))),
                Map.of("id", "debian"),
                Optional.of(new GuestInfo.TimeZone(Optional.of("UTC"), OptionalInt.of(0))),
                Optional.of("shop"),
                Optional.of(guestFileSystems()));
    }

    @Override
    public String guestHostName() {
        return "shop";
    }

    @Override
    public Instant guestTime() {
        return Instant.ofEpochSecond(1_800_000_000);
    }

    @Override
    public void setGuestTime(Optional<Instant> time) {
        called("setTime " + time);
    }

    @Override
    public void trimFileSystems(long minimumBytes) {
        called("trim " + minimumBytes);
    }

    @Override
    public String agentCommand(String command, Duration limit) {
        called("agent " + command + " " + limit);
        return "{\"return\":{}}";
    }

    @Override
    public String monitorCommand(String command, boolean human) {
        called("monitor " + command + " " + human);
        return "running\r\n";
    }

    @Override
    public Optional<String> metadata(Metadata which, Metadata.Place place) {
        called("metadata " + which + " " + place);
        return metadata;
    }

    @Override
    public void setMetadata(Metadata which, Optional<String> text, Optional<String> prefix, Metadata.Place place) {
        called("setMetadata " + which + " " + text + " " + prefix + " " + place);
    }

    @Override
    public void undefine(Set<UndefineFlag> flags) {
        called("undefine " + flags);
    }

    @Override
    public String xml() {
        disturbance.run();
        return xml;
    }

    @Override
    public List<BlockDevice> blockDevices() {
        return disks;
    }

    @Override
    public BlockInfo blockInfo(String disk) {
        called("blockInfo " + disk);
        return new BlockInfo(1L << 30, 512L << 20, 3L << 19);
    }

    @Override
    public void blockResize(String disk, long bytes) {
        called("blockResize " + disk + " " + bytes);
    }

    @Override
    public void blockCommit(String disk, BlockCommit commit) {
        called("blockCommit " + disk + " " + commit);
    }

    @Override
    public void blockPull(String disk, BlockPull pull) {
        called("blockPull " + disk + " " + pull);
    }

    @Override
    public void blockCopy(String disk, BlockCopy copy) {
        called("blockCopy " + disk + " " + copy);
    }

    @Override
    public Optional<DiskJob> blockJob(String disk) {
        return diskJob;
    }

    @Override
    public void blockJobAbort(String disk, Set<BlockJobEnd> flags) {
        called("blockJobAbort " + disk + " " + flags);
    }

    @Override
    public void setBlockJobSpeed(String disk, long bytesPerSecond) {
        called("setBlockJobSpeed " + disk + " " + bytesPerSecond);
    }

    @Override
    public void setBlockThreshold(String device, long bytes) {
        called("setBlockThreshold " + device + " " + bytes);
    }

    @Override
    public void attachDisk(String xml, Set<DeviceFlag> flags) {
        called("attachDisk " + xml + " " + flags);
    }

    @Override
    public void detachDisk(String disk, Set<DeviceFlag> flags) {
        called("detachDisk " + disk + " " + flags);
    }

    @Override
    public void changeMedia(String drive, Optional<String> source, boolean force) {
        called("changeMedia " + drive + " " + source.orElse("nothing") + " " + force);
    }

    @Override
    public int backupBegin(
            BackupRequest request, Optional<CheckpointDefinition> checkpoint, Set<BackupBeginFlag> flags) {
        called("backupBegin " + request + " "
                + checkpoint.map(given -> given.name().orElse("")) + " " + flags);
        return 3;
    }

    @Override
    public BackupEnd backupEnd(int job, Set<BackupEndFlag> flags) {
        called("backupEnd " + job + " " + flags);
        endRefusal.ifPresent(refused -> {
            throw refused;
        });
        return end;
    }

    @Override
    public String backupXml(int job) {
        called("backupXml " + job);
        return "<domainbackup id='3'/>\n";
    }

    @Override
    public List<BackupJob> backupJobs() {
        return jobs;
    }

    @Override
    public BackupJob backupJob(int job) {
        if (looks.isEmpty()) {
            throw VirtException.qemu(ErrorCode.NO_DOMAIN_BACKUP, "domain '%s' has no backup job".formatted(name));
        }
        host.calls.add(name + " backupJob " + job);
        return looks.size() == 1 ? looks.getFirst() : looks.removeFirst();
    }

    @Override
    public Checkpoint checkpointCreate(CheckpointDefinition definition, Set<CheckpointCreateFlag> flags) {
        called("checkpointCreate " + definition.name() + " " + definition.description() + " " + definition.disks() + " "
                + flags + definition.parent().map(parent -> " below " + parent).orElse(""));
        return new FakeCheckpoint(host, definition.name().orElse("1700000000"), Optional.empty(), true);
    }

    @Override
    public List<Checkpoint> checkpointsRedefine(List<CheckpointDefinition> definitions, boolean validate) {
        List<String> names = definitions.stream()
                .map(definition -> definition.name().orElseThrow())
                .toList();
        called("checkpointsRedefine " + names + " " + validate);
        return names.reversed().stream()
                .<Checkpoint>map(each -> new FakeCheckpoint(host, each, Optional.empty(), true))
                .toList();
    }

    @Override
    public List<Checkpoint> checkpoints(Set<CheckpointFilter> filters) {
        host.calls.add(name + " checkpoints " + filters);
        return checkpoints;
    }

    @Override
    public List<CheckpointHealth> checkpointHealth() {
        return health;
    }

    @Override
    public CheckpointRepair checkpointRepair(Optional<String> checkpoint, Set<CheckpointRepairFlag> flags) {
        called("checkpointRepair " + checkpoint + " " + flags);
        return new CheckpointRepair(steps, flags.contains(CheckpointRepairFlag.DRY_RUN));
    }

    @Override
    public CheckpointRepair checkpointImport(List<String> names, Set<CheckpointRepairFlag> flags) {
        called("checkpointImport " + names + " " + flags);
        return new CheckpointRepair(steps, flags.contains(CheckpointRepairFlag.DRY_RUN));
    }

    @Override
    public Checkpoint checkpoint(String wanted) {
        return checkpoints.stream()
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN_CHECKPOINT, "domain '%s' has no checkpoint '%s'".formatted(name, wanted)));
    }

    @Override
    public Snapshot snapshotCreate(
            SnapshotDefinition snapshot, Optional<CheckpointDefinition> checkpoint, Set<SnapshotCreateFlag> flags) {
        called("snapshotCreate " + snapshot.name() + " " + snapshot.description() + " " + snapshot.disks() + " "
                + checkpoint.map(given -> given.name().orElse("")) + " " + new java.util.TreeSet<>(flags));
        return new FakeSnapshot(host, snapshot.name().orElse("1700000000"), Optional.empty(), true);
    }

    @Override
    public List<Snapshot> snapshots() {
        return snapshots;
    }

    @Override
    public Snapshot snapshot(String wanted) {
        return snapshots.stream()
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN_SNAPSHOT, "domain '%s' has no snapshot '%s'".formatted(name, wanted)));
    }
}
