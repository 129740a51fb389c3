package org.virtkeep.daemon.procedures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.virtkeep.api.BackupReader;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.daemon.wire.WireJob;
import org.virtkeep.rpc.BackupMessages;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.VirtkeepProgram;

/// Backups by their job ids: of virtkeep's own program.
final class JobIdProcedures implements ProcedureGroup {
    private static final int ABORT = 1;

    private final Host host;
    private final LibvirtJobs jobs;

    JobIdProcedures(Host host, LibvirtJobs jobs) {
        this.host = host;
        this.jobs = jobs;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(VirtkeepProgram.BACKUP_BEGIN, this::begin)
                .on(VirtkeepProgram.BACKUP_END, (_, args) -> end(args))
                .on(VirtkeepProgram.BACKUP_GET_XML_DESC, (_, args) -> xml(args))
                .on(VirtkeepProgram.BACKUP_LIST, (_, args) -> list(args))
                .on(VirtkeepProgram.BACKUP_GET_JOB, (_, args) -> job(args))
                .on(VirtkeepProgram.BACKUP_SET_READER, this::setReader);
    }

    private int begin(Client client, BackupMessages.Begin args) {
        Set<BackupBeginFlag> flags =
                Flags.of(args.flags(), BackupBeginFlag.class, BackupFlags::bit, "virDomainBackupBegin");
        Domain domain = host.domain(args.domain());
        int id = BackupProcedures.begin(domain, args, flags);
        jobs.began(client, domain, id);
        return id;
    }

    private int end(BackupMessages.JobFlags args) {
        Flags.check(args.flags(), ABORT, "virDomainBackupEnd");
        var flags = EnumSet.noneOf(BackupEndFlag.class);
        if ((args.flags() & ABORT) != 0) {
            flags.add(BackupEndFlag.ABORT);
        }
        return host.domain(args.domain()).backupEnd(args.id(), flags).wireValue();
    }

    private String xml(BackupMessages.JobFlags args) {
        Flags.check(args.flags(), 0, "virDomainBackupGetXMLDesc");
        return host.domain(args.domain()).backupXml(args.id());
    }

    private BackupMessages.Jobs list(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainBackupList");
        return new BackupMessages.Jobs(host.domain(args.domain()).backupJobs().stream()
                .map(WireJob::of)
                .toList());
    }

    /// The kernel does not tell us the process, so the client does; it must be one of its user's.
    private BackupMessages.Upstream setReader(Client client, BackupMessages.Reader args) {
        boolean isTheirs = client.peer()
                .localUser()
                .filter(user -> args.pid() == 0 || isOwner(user, args.pid()))
                .isPresent();
        if (!isTheirs) {
            return new BackupMessages.Upstream(List.of());
        }
        var pid = args.pid() == 0 ? OptionalLong.empty() : OptionalLong.of(args.pid());
        return new BackupMessages.Upstream(
                host.domain(args.domain()).backupReader(args.id(), new BackupReader(pid, args.read())).stream()
                        .map(JobIdProcedures::disk)
                        .toList());
    }

    private static boolean isOwner(UserPrincipal user, long pid) {
        try {
            return Files.getOwner(Path.of("/proc", Long.toString(pid))).equals(user);
        } catch (IOException _) {
            return false; // there is no such process
        }
    }

    private static BackupMessages.UpstreamDisk disk(BackupUpstream.Disk disk) {
        return new BackupMessages.UpstreamDisk(
                disk.name(),
                disk.socket().toString(),
                disk.export(),
                disk.fleecing().map(BackupUpstream.Fleecing::live),
                disk.fleecing().map(BackupUpstream.Fleecing::scratch));
    }

    private BackupMessages.Job job(BackupMessages.JobFlags args) {
        Flags.check(args.flags(), 0, "virDomainBackupGetJob");
        return WireJob.of(host.domain(args.domain()).backupJob(args.id()));
    }
}
