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
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.BackupMessages;
import org.virtkeep.rpc.CheckpointRef;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.RecordMessages;
import org.virtkeep.rpc.SnapshotRef;
import org.virtkeep.rpc.VirtkeepMessages;
import org.virtkeep.rpc.VirtkeepProgram;

/// Our own daemon, which says everything. Keeps nothing itself.
final class VirtkeepPeer implements Peer {
    /// A server may hold a reply back that long.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final Link link;
    private final boolean local;

    /// @param local the daemon runs on this host, and can be reached over its unix socket
    VirtkeepPeer(Link link, boolean local) {
        this.link = link;
        this.local = local;
    }

    @Override
    public DomainRef attach(String name, List<String> monitors) {
        return link.call(VirtkeepProgram.DOMAIN_ATTACH, new VirtkeepMessages.Attach(name, monitors));
    }

    @Override
    public List<DomainRef> domains(Set<DomainFilter> filters) {
        var list = new DomainMessages.ListAll(true, Flags.domains(filters));
        return link.call(LibvirtProgram.CONNECT_LIST_ALL_DOMAINS, list).domains();
    }

    @Override
    public long lastEvent() {
        return link.call(VirtkeepProgram.RECORD_GET_LAST, Nothing.NOTHING);
    }

    @Override
    public List<Event> events(long after, Duration limit) {
        var deadline = Deadline.in(limit);
        while (true) {
            Duration wait = deadline.atMost(LONGEST_WAIT).remaining();
            var events = link.call(
                            VirtkeepProgram.RECORD_WAIT,
                            new RecordMessages.Wait(after, (int) wait.toMillis()),
                            Link.USUAL_LIMIT)
                    .events();
            if (!events.isEmpty() || deadline.hasPassed()) {
                return events.stream().map(FromWire::event).toList();
            }
        }
    }

    @Override
    public boolean tracksRawDisks() {
        return true;
    }

    @Override
    public void start(DomainRef domain, int flags, Duration wait) {
        link.call(
                VirtkeepProgram.DOMAIN_START_WAITING,
                new VirtkeepMessages.Start(domain, flags, wait.toMillis()),
                wait.plus(Link.USUAL_LIMIT));
    }

    @Override
    public int backupBegin(
            DomainRef domain,
            BackupRequest request,
            Optional<String> checkpointXml,
            Set<Domain.BackupBeginFlag> flags) {
        return link.call(
                VirtkeepProgram.BACKUP_BEGIN,
                new BackupMessages.Begin(domain, BackupXml.write(request), checkpointXml, Flags.backupBegin(flags)));
    }

    @Override
    public Domain.BackupEnd backupEnd(DomainRef domain, int id, Set<Domain.BackupEndFlag> flags) {
        int abort = flags.contains(Domain.BackupEndFlag.ABORT) ? 1 : 0;
        int end = link.call(VirtkeepProgram.BACKUP_END, new BackupMessages.JobFlags(domain, id, abort));
        return end == Domain.BackupEnd.ABORTED.wireValue() ? Domain.BackupEnd.ABORTED : Domain.BackupEnd.COMPLETED;
    }

    @Override
    public String backupXml(DomainRef domain, int id) {
        return link.call(VirtkeepProgram.BACKUP_GET_XML_DESC, new BackupMessages.JobFlags(domain, id, 0));
    }

    @Override
    public List<BackupJob> backupJobs(DomainRef domain) {
        return link.call(VirtkeepProgram.BACKUP_LIST, new DomainMessages.DomainFlags(domain, 0)).jobs().stream()
                .map(FromWire::job)
                .toList();
    }

    @Override
    public BackupJob backupJob(DomainRef domain, int id) {
        return FromWire.job(link.call(VirtkeepProgram.BACKUP_GET_JOB, new BackupMessages.JobFlags(domain, id, 0)));
    }

    @Override
    public List<BackupUpstream.Disk> backupReader(DomainRef domain, int id, BackupReader reader) {
        if (!local) {
            return List.of();
        }
        var args = new BackupMessages.Reader(domain, id, reader.pid().orElse(0), reader.read());
        return link.call(VirtkeepProgram.BACKUP_SET_READER, args).disks().stream()
                .map(FromWire::upstream)
                .toList();
    }

    @Override
    public Optional<String> currentCheckpoint(DomainRef domain) {
        return link.call(VirtkeepProgram.CHECKPOINT_GET_CURRENT, new DomainMessages.DomainFlags(domain, 0));
    }

    @Override
    public List<String> checkpointsRedefine(DomainRef domain, List<String> xmls, boolean validate) {
        int flags = validate ? Domain.CheckpointCreateFlag.REDEFINE_VALIDATE.wireValue() : 0;
        return link
                .call(VirtkeepProgram.CHECKPOINT_REDEFINE, new VirtkeepMessages.Redefine(domain, xmls, flags))
                .checkpoints()
                .stream()
                .map(CheckpointRef::name)
                .toList();
    }

    @Override
    public List<CheckpointHealth> checkpointHealth(DomainRef domain) {
        return link
                .call(VirtkeepProgram.CHECKPOINT_LIST_HEALTH, new DomainMessages.DomainFlags(domain, 0))
                .healths()
                .stream()
                .map(FromWire::health)
                .toList();
    }

    @Override
    public CheckpointRepair checkpointRepair(
            DomainRef domain, Optional<String> name, Set<Domain.CheckpointRepairFlag> flags) {
        var arguments = new VirtkeepMessages.RepairArgs(domain, name.stream().toList(), dryRun(flags));
        return FromWire.repair(link.call(VirtkeepProgram.CHECKPOINT_REPAIR, arguments));
    }

    @Override
    public CheckpointRepair checkpointImport(
            DomainRef domain, List<String> names, Set<Domain.CheckpointRepairFlag> flags) {
        var arguments = new VirtkeepMessages.RepairArgs(domain, names, dryRun(flags));
        return FromWire.repair(link.call(VirtkeepProgram.CHECKPOINT_IMPORT, arguments));
    }

    private static int dryRun(Set<Domain.CheckpointRepairFlag> flags) {
        return flags.contains(Domain.CheckpointRepairFlag.DRY_RUN) ? VirtkeepMessages.RepairArgs.DRY_RUN : 0;
    }

    @Override
    public String snapshotCreate(DomainRef domain, String snapshotXml, Optional<String> checkpointXml, int flags) {
        var arguments = new VirtkeepMessages.SnapshotCreate(domain, snapshotXml, checkpointXml, flags);
        return link.call(VirtkeepProgram.SNAPSHOT_CREATE_XML2, arguments).name();
    }

    @Override
    public void snapshotDelete(SnapshotRef snapshot, int flags, Consumer<Snapshot.Progress> progress) {
        new SnapshotDeletion(link, snapshot)
                .run(flags, () -> progress(snapshot.domain()).ifPresent(progress));
    }

    private Optional<Snapshot.Progress> progress(DomainRef domain) {
        return link.call(VirtkeepProgram.SNAPSHOT_GET_DELETE_PROGRESS, new DomainMessages.DomainFlags(domain, 0))
                .map(now -> new Snapshot.Progress(now.snapshot(), now.doneBytes(), now.allBytes()));
    }

    @Override
    public void close() {}
}
