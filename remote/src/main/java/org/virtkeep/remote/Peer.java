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
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.SnapshotRef;

/// What depends on who the daemon is: libvirt's protocol does not say it, or our own says it better. Thread-safe.
sealed interface Peer extends AutoCloseable permits LibvirtPeer, VirtkeepPeer {

    DomainRef attach(String name, List<String> monitors);

    List<DomainRef> domains(Set<DomainFilter> filters);

    long lastEvent();

    List<Event> events(long after, Duration limit);

    /// See [Domain#tracksRawDisks].
    boolean tracksRawDisks();

    /// Starts a domain when the backups that read its images have ended, at most `wait` from now.
    void start(DomainRef domain, int flags, Duration wait);

    int backupBegin(
            DomainRef domain, BackupRequest request, Optional<String> checkpointXml, Set<Domain.BackupBeginFlag> flags);

    Domain.BackupEnd backupEnd(DomainRef domain, int id, Set<Domain.BackupEndFlag> flags);

    String backupXml(DomainRef domain, int id);

    List<BackupJob> backupJobs(DomainRef domain);

    BackupJob backupJob(DomainRef domain, int id);

    /// See [Domain#backupReader].
    List<BackupUpstream.Disk> backupReader(DomainRef domain, int id, BackupReader reader);

    /// Name of the checkpoint that the next one will follow.
    Optional<String> currentCheckpoint(DomainRef domain);

    /// @return names, parents before children
    List<String> checkpointsRedefine(DomainRef domain, List<String> xmls, boolean validate);

    List<CheckpointHealth> checkpointHealth(DomainRef domain);

    CheckpointRepair checkpointRepair(DomainRef domain, Optional<String> name, Set<Domain.CheckpointRepairFlag> flags);

    CheckpointRepair checkpointImport(DomainRef domain, List<String> names, Set<Domain.CheckpointRepairFlag> flags);

    /// @return the snapshot's name
    String snapshotCreate(DomainRef domain, String snapshotXml, Optional<String> checkpointXml, int flags);

    /// Returns when it is deleted.
    void snapshotDelete(SnapshotRef snapshot, int flags, Consumer<Snapshot.Progress> progress);

    /// Ends what it does beside calls. The connection is not its.
    @Override
    void close();
}
