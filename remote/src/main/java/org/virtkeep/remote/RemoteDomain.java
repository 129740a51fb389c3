package org.virtkeep.remote;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BackupReader;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.BlockInfo;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.CheckpointMessages;
import org.virtkeep.rpc.CheckpointRef;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.SnapshotMessages;
import org.virtkeep.rpc.SnapshotRef;

/// A domain by name and UUID; daemons look at the UUID alone. Immutable.
final class RemoteDomain extends RemoteBasics {
    private final Link link;
    private final Peer peer;
    private final DomainRef domain;

    RemoteDomain(Link link, Peer peer, DomainRef domain) {
        super(link, domain);
        this.link = link;
        this.peer = peer;
        this.domain = domain;
    }

    private <R> R call(Procedure<DomainMessages.DomainFlags, R> procedure, int flags) {
        return link.call(procedure, new DomainMessages.DomainFlags(domain, flags));
    }

    private void call(Procedure<DomainRef, Nothing> procedure) {
        link.call(procedure, domain);
    }

    @Override
    public String name() {
        return domain.name();
    }

    @Override
    public UUID uuid() {
        return domain.uuid();
    }

    @Override
    public OptionalInt id() {
        int id = link.call(LibvirtProgram.DOMAIN_LOOKUP_BY_UUID, domain.uuid()).id();
        return id == DomainRef.NO_ID ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public boolean tracksRawDisks() {
        return peer.tracksRawDisks();
    }

    @Override
    public boolean isPersistent() {
        return link.call(LibvirtProgram.DOMAIN_IS_PERSISTENT, domain);
    }

    @Override
    public void start(Set<StartFlag> flags) {
        call(LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, Flags.start(flags));
    }

    @Override
    public void start(Set<StartFlag> flags, Deadline deadline) {
        peer.start(domain, Flags.start(flags), deadline.remaining());
    }

    @Override
    public void suspend() {
        call(LibvirtProgram.DOMAIN_SUSPEND);
    }

    /// libvirt refuses it for a domain that runs already.
    @Override
    public void resume() {
        try {
            call(LibvirtProgram.DOMAIN_RESUME);
        } catch (VirtException e) {
            if (e.code() != ErrorCode.OPERATION_INVALID || state() != DomainState.RUNNING) {
                throw e;
            }
        }
    }

    @Override
    public void shutdown() {
        call(LibvirtProgram.DOMAIN_SHUTDOWN);
    }

    @Override
    public void destroy() {
        call(LibvirtProgram.DOMAIN_DESTROY);
    }

    @Override
    public void undefine(Set<UndefineFlag> flags) {
        call(LibvirtProgram.DOMAIN_UNDEFINE_FLAGS, Flags.undefine(flags));
    }

    @Override
    public String xml() {
        return call(LibvirtProgram.DOMAIN_GET_XML_DESC, 0);
    }

    @Override
    public String xml(Set<XmlFlag> flags) {
        return call(LibvirtProgram.DOMAIN_GET_XML_DESC, Flags.xml(flags));
    }

    @Override
    public List<BlockDevice> blockDevices() {
        return DiskElements.of(xml()).devices();
    }

    @Override
    public BlockInfo blockInfo(String disk) {
        BlockMessages.BlockInfo info =
                link.call(LibvirtProgram.DOMAIN_GET_BLOCK_INFO, new BlockMessages.DiskFlags(domain, disk, 0));
        return new BlockInfo(info.capacityBytes(), info.allocationBytes(), info.physicalBytes());
    }

    @Override
    public void blockResize(String disk, long bytes) {
        link.call(LibvirtProgram.DOMAIN_BLOCK_RESIZE, new BlockMessages.ResizeArgs(domain, disk, bytes, Flags.BYTES));
    }

    @Override
    public void attachDisk(String xml, Set<DeviceFlag> flags) {
        link.call(
                LibvirtProgram.DOMAIN_ATTACH_DEVICE_FLAGS,
                new DomainMessages.DomainXmlFlags(domain, xml, Flags.device(flags)));
    }

    @Override
    public void detachDisk(String disk, Set<DeviceFlag> flags) {
        new DiskChanges(link, domain).detach(disk, Flags.device(flags));
    }

    @Override
    public void changeMedia(String drive, Optional<String> source, boolean force) {
        changeMedia(drive, source, force, Set.of());
    }

    @Override
    public void changeMedia(String drive, Optional<String> source, boolean force, Set<DeviceFlag> flags) {
        int bits = Flags.device(flags) | (force ? Flags.FORCE : 0);
        new DiskChanges(link, domain).changeMedia(drive, source, bits);
    }

    // ---- backup jobs

    @Override
    public int backupBegin(
            BackupRequest request, Optional<CheckpointDefinition> checkpoint, Set<BackupBeginFlag> flags) {
        return peer.backupBegin(domain, request, checkpoint.map(CheckpointXml::write), flags);
    }

    @Override
    public BackupEnd backupEnd(int id, Set<BackupEndFlag> flags) {
        return peer.backupEnd(domain, id, flags);
    }

    @Override
    public String backupXml(int id) {
        return peer.backupXml(domain, id);
    }

    @Override
    public List<BackupJob> backupJobs() {
        return peer.backupJobs(domain);
    }

    @Override
    public List<BackupUpstream.Disk> backupReader(int id, BackupReader reader) {
        return peer.backupReader(domain, id, reader);
    }

    @Override
    public BackupJob backupJob(int id) {
        return peer.backupJob(domain, id);
    }

    // ---- checkpoints

    @Override
    public Checkpoint checkpointCreate(CheckpointDefinition definition, Set<CheckpointCreateFlag> flags) {
        return handle(link.call(
                        LibvirtProgram.DOMAIN_CHECKPOINT_CREATE_XML,
                        new CheckpointMessages.Create(
                                domain, CheckpointXml.write(definition), Flags.checkpointCreate(flags)))
                .name());
    }

    @Override
    public List<Checkpoint> checkpointsRedefine(List<CheckpointDefinition> definitions, boolean validate) {
        List<String> xmls = definitions.stream().map(CheckpointXml::write).toList();
        return peer.checkpointsRedefine(domain, xmls, validate).stream()
                .map(this::handle)
                .toList();
    }

    @Override
    public List<Checkpoint> checkpoints(Set<CheckpointFilter> filters) {
        if (filters.contains(CheckpointFilter.DESCENDANTS)) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG, "filter DESCENDANTS is for the children of a checkpoint, not for a domain");
        }
        var list = new CheckpointMessages.ListAll(domain, true, Flags.checkpoints(filters));
        return link.call(LibvirtProgram.DOMAIN_LIST_ALL_CHECKPOINTS, list).checkpoints().stream()
                .map(CheckpointRef::name)
                .map(this::handle)
                .toList();
    }

    @Override
    public Checkpoint checkpoint(String name) {
        var lookup = new CheckpointMessages.Lookup(domain, name, 0);
        return handle(link.call(LibvirtProgram.DOMAIN_CHECKPOINT_LOOKUP_BY_NAME, lookup)
                .name());
    }

    private Checkpoint handle(String checkpoint) {
        return new RemoteCheckpoint(link, peer, new CheckpointRef(checkpoint, domain));
    }

    @Override
    public List<CheckpointHealth> checkpointHealth() {
        return peer.checkpointHealth(domain);
    }

    @Override
    public CheckpointRepair checkpointRepair(Optional<String> name, Set<CheckpointRepairFlag> flags) {
        return peer.checkpointRepair(domain, name, flags);
    }

    @Override
    public CheckpointRepair checkpointImport(List<String> names, Set<CheckpointRepairFlag> flags) {
        return peer.checkpointImport(domain, names, flags);
    }

    // ---- snapshots

    @Override
    public Snapshot snapshotCreate(
            SnapshotDefinition snapshot, Optional<CheckpointDefinition> checkpoint, Set<SnapshotCreateFlag> flags) {
        return snapshotHandle(peer.snapshotCreate(
                domain,
                SnapshotXml.write(snapshot),
                checkpoint.map(CheckpointXml::write),
                Flags.snapshotCreate(flags)));
    }

    /// libvirt has no order of its own unless it is asked for one.
    @Override
    public List<Snapshot> snapshots() {
        int topological = 1 << 10;
        var list = new SnapshotMessages.ListAll(domain, true, topological);
        return link.call(LibvirtProgram.DOMAIN_LIST_ALL_SNAPSHOTS, list).snapshots().stream()
                .map(SnapshotRef::name)
                .map(this::snapshotHandle)
                .toList();
    }

    @Override
    public Snapshot snapshot(String name) {
        var lookup = new SnapshotMessages.Lookup(domain, name, 0);
        return snapshotHandle(
                link.call(LibvirtProgram.DOMAIN_SNAPSHOT_LOOKUP_BY_NAME, lookup).name());
    }

    private Snapshot snapshotHandle(String snapshot) {
        return new RemoteSnapshot(link, peer, new SnapshotRef(snapshot, domain));
    }
}
