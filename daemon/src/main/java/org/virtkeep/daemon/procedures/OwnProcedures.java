package org.virtkeep.daemon.procedures;

import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;
import org.virtkeep.daemon.backups.RepositoryRuns;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.SnapshotRef;
import org.virtkeep.rpc.VirtkeepMessages;
import org.virtkeep.rpc.VirtkeepProgram;

/// What virtkeep's own program says about the server, domains and snapshots.
final class OwnProcedures implements ProcedureGroup {
    private static final int START_PAUSED = 1;
    /// Beyond that nobody waits for a start.
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final Host host;
    private final SnapshotDeletions deletions;
    private final RepositoryRuns runs;

    OwnProcedures(Host host, SnapshotDeletions deletions, RepositoryRuns runs) {
        this.host = host;
        this.deletions = deletions;
        this.runs = runs;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(VirtkeepProgram.CONNECT_GET_SERVER, (client, _) -> server(client))
                .on(VirtkeepProgram.DOMAIN_ATTACH, (_, args) -> attach(args))
                .on(VirtkeepProgram.DOMAIN_START_WAITING, (_, args) -> start(args))
                .on(VirtkeepProgram.SNAPSHOT_CREATE_XML2, (_, args) -> create(args))
                .on(VirtkeepProgram.SNAPSHOT_GET_DELETE_PROGRESS, (_, args) -> deletion(args));
    }

    private VirtkeepMessages.Server server(Client client) {
        String version = Optional.ofNullable(OwnProcedures.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("unknown");
        return new VirtkeepMessages.Server(
                version, runs.isOpenTo(client) ? List.of(VirtkeepMessages.Server.REPOSITORY_BACKUPS) : List.of());
    }

    private DomainRef attach(VirtkeepMessages.Attach args) {
        if (args.monitors().isEmpty()) {
            throw VirtException.qemu(ErrorCode.INVALID_ARG, "attaching needs the path of at least one QMP socket");
        }
        List<Path> monitors = args.monitors().stream().map(Path::of).toList();
        return Host.ref(host.connection().attach(args.name(), monitors));
    }

    private DomainRef start(VirtkeepMessages.Start args) {
        Flags.check(args.flags(), START_PAUSED, "virDomainStartWaiting");
        var flags = EnumSet.noneOf(Domain.StartFlag.class);
        if ((args.flags() & START_PAUSED) != 0) {
            flags.add(Domain.StartFlag.PAUSED);
        }
        Domain domain = host.domain(args.domain());
        long millis = Math.clamp(args.waitMillis(), 0, LONGEST_WAIT.toMillis());
        domain.start(flags, Deadline.in(Duration.ofMillis(millis)));
        return Host.ref(domain);
    }

    private SnapshotRef create(VirtkeepMessages.SnapshotCreate args) {
        var flags = SnapshotFlags.create(args.flags());
        Domain domain = host.domain(args.domain());
        Snapshot created = domain.snapshotCreate(
                SnapshotXml.read(args.snapshotXml()), args.checkpointXml().map(CheckpointXml::read), flags);
        return new SnapshotRef(created.name(), Host.echo(domain, args.domain()));
    }

    private Optional<VirtkeepMessages.DeleteProgress> deletion(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainSnapshotGetDeleteProgress");
        return deletions
                .of(host.domain(args.domain()))
                .map(now -> new VirtkeepMessages.DeleteProgress(now.snapshot(), now.doneBytes(), now.allBytes()));
    }
}
