package org.virtkeep.daemon.procedures;

import java.util.List;
import org.virtkeep.daemon.backups.RepositoryRuns;
import org.virtkeep.daemon.events.EventRelay;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.RpcDispatcher;

/// Everything that the daemon serves. A procedure that is not here is answered "unknown procedure", and clients
/// fall back where they can.
public final class Procedures {
    private final Host host;
    private final EventRelay relay;
    private final RepositoryRuns runs;

    /// @param relay tells clients of events; not owned
    /// @param runs  backups that the daemon makes; not owned
    public Procedures(Host host, EventRelay relay, RepositoryRuns runs) {
        this.host = host;
        this.relay = relay;
        this.runs = runs;
    }

    public void addTo(RpcDispatcher.Builder<Client> builder) {
        groups().forEach(group -> group.addTo(builder));
    }

    private List<ProcedureGroup> groups() {
        var jobs = new LibvirtJobs();
        var deletions = new SnapshotDeletions();
        return List.of(
                new AgentProcedures(host),
                new BackupProcedures(host, jobs),
                new BlockCopyProcedures(host),
                new BlockJobProcedures(host),
                new CheckpointHealthProcedures(host),
                new CheckpointProcedures(host),
                new ConnectProcedures(),
                new EventProcedures(relay),
                new DeviceProcedures(host),
                new DiskProcedures(host),
                new HostProcedures(host),
                new JobIdProcedures(host, jobs),
                new JobProcedures(host, jobs),
                new LifecycleProcedures(host),
                new LookupProcedures(host),
                new MetadataProcedures(host),
                new OwnProcedures(host, deletions, runs),
                new RecordProcedures(host, relay),
                new RepositoryBackupProcedures(runs),
                new SnapshotListProcedures(host),
                new SnapshotProcedures(host, deletions),
                new StateProcedures(host),
                new StatsProcedures(host));
    }
}
