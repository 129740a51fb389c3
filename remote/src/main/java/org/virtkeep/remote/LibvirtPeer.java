package org.virtkeep.remote;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BackupReader;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.Event;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.SnapshotMessages;
import org.virtkeep.rpc.SnapshotRef;

/// A daemon of libvirt's own. What its protocol does not have is refused by name, except where it can be had in another
/// way.
final class LibvirtPeer implements Peer {
    private final Link link;
    private final LibvirtJobs jobs;
    private final LibvirtEventFeed feed;
    private final LibvirtCheckpoints checkpoints;

    LibvirtPeer(Link link) {
        this.link = link;
        this.jobs = new LibvirtJobs(link);
        this.feed = new LibvirtEventFeed(link, jobs);
        this.checkpoints = new LibvirtCheckpoints(link);
    }

    private VirtException lacks(String what) {
        return VirtException.qemu(
                ErrorCode.NO_SUPPORT, "the daemon at '%s' is libvirt's, which cannot %s".formatted(link.uri(), what));
    }

    @Override
    public DomainRef attach(String name, List<String> monitors) {
        throw lacks("attach to a QEMU that it has not started");
    }

    /// libvirt has no filter for backups.
    @Override
    public List<DomainRef> domains(Set<DomainFilter> filters) {
        boolean with = filters.contains(DomainFilter.HAS_BACKUP);
        boolean without = filters.contains(DomainFilter.NO_BACKUP);
        int ours = DomainFilter.HAS_BACKUP.wireValue() | DomainFilter.NO_BACKUP.wireValue();
        var list = new DomainMessages.ListAll(true, Flags.domains(filters) & ~ours);
        List<DomainRef> domains =
                link.call(LibvirtProgram.CONNECT_LIST_ALL_DOMAINS, list).domains();
        return with == without
                ? domains
                : domains.stream().filter(domain -> hasBackup(domain) == with).toList();
    }

    private boolean hasBackup(DomainRef domain) {
        return domain.id() != DomainRef.NO_ID && jobs.isRunning(domain);
    }

    @Override
    public long lastEvent() {
        return feed.last();
    }

    @Override
    public List<Event> events(long after, Duration limit) {
        return feed.events(after, limit);
    }

    @Override
    public boolean tracksRawDisks() {
        return false;
    }

    /// No backup of libvirt's reads the images of a domain that is shut off.
    @Override
    public void start(DomainRef domain, int flags, Duration wait) {
        link.call(LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, new DomainMessages.DomainFlags(domain, flags));
    }

    @Override
    public int backupBegin(
            DomainRef domain,
            BackupRequest request,
            Optional<String> checkpointXml,
            Set<Domain.BackupBeginFlag> flags) {
        return jobs.begin(domain, request, checkpointXml, flags);
    }

    @Override
    public Domain.BackupEnd backupEnd(DomainRef domain, int id, Set<Domain.BackupEndFlag> flags) {
        return jobs.end(domain, id, flags);
    }

    @Override
    public String backupXml(DomainRef domain, int id) {
        return jobs.xml(domain, id);
    }

    @Override
    public List<BackupJob> backupJobs(DomainRef domain) {
        return jobs.all(domain);
    }

    @Override
    public BackupJob backupJob(DomainRef domain, int id) {
        return jobs.one(domain, id);
    }

    /// libvirt's server is QEMU's own.
    @Override
    public List<BackupUpstream.Disk> backupReader(DomainRef domain, int id, BackupReader reader) {
        return List.of();
    }

    @Override
    public Optional<String> currentCheckpoint(DomainRef domain) {
        return checkpoints.current(domain);
    }

    @Override
    public List<String> checkpointsRedefine(DomainRef domain, List<String> xmls, boolean validate) {
        return checkpoints.redefine(domain, xmls, validate);
    }

    @Override
    public List<CheckpointHealth> checkpointHealth(DomainRef domain) {
        throw lacks("tell the health of checkpoints; 'checkpoint-dumpxml --size' says whether one can be used");
    }

    @Override
    public CheckpointRepair checkpointRepair(
            DomainRef domain, Optional<String> name, Set<Domain.CheckpointRepairFlag> flags) {
        throw lacks("repair checkpoints; delete what is broken with 'checkpoint-delete --metadata'");
    }

    @Override
    public CheckpointRepair checkpointImport(
            DomainRef domain, List<String> names, Set<Domain.CheckpointRepairFlag> flags) {
        throw lacks("find checkpoints in images; 'checkpoint-create --redefine' makes one known by its document");
    }

    @Override
    public String snapshotCreate(DomainRef domain, String snapshotXml, Optional<String> checkpointXml, int flags) {
        if (checkpointXml.isPresent()) {
            throw lacks("create a checkpoint together with a snapshot");
        }
        var create = new SnapshotMessages.Create(domain, snapshotXml, flags);
        return link.call(LibvirtProgram.DOMAIN_SNAPSHOT_CREATE_XML, create).name();
    }

    @Override
    public void snapshotDelete(SnapshotRef snapshot, int flags, Consumer<Snapshot.Progress> progress) {
        new SnapshotDeletion(link, snapshot).run(flags, () -> {});
    }

    @Override
    public void close() {
        feed.close();
    }
}
