package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.Set;
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
                .on(VirtkeepProgram.BACKUP_GET_JOB, (_, args) -> job(args));
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

    private BackupMessages.Job job(BackupMessages.JobFlags args) {
        Flags.check(args.flags(), 0, "virDomainBackupGetJob");
        return WireJob.of(host.domain(args.domain()).backupJob(args.id()));
    }
}
