package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.BackupMessages;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Backups as libvirt's program has them: without job ids.
final class BackupProcedures implements ProcedureGroup {
    private static final EnumSet<BackupBeginFlag> LIBVIRTS =
            EnumSet.of(BackupBeginFlag.REUSE_EXTERNAL, BackupBeginFlag.PRESERVE_SHUTDOWN);

    private final Host host;
    private final LibvirtJobs jobs;

    BackupProcedures(Host host, LibvirtJobs jobs) {
        this.host = host;
        this.jobs = jobs;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.run(LibvirtProgram.DOMAIN_BACKUP_BEGIN, this::begin)
                .on(LibvirtProgram.DOMAIN_BACKUP_GET_XML_DESC, this::xml);
    }

    private void begin(Client client, BackupMessages.Begin args) {
        Set<BackupBeginFlag> flags = Flags.of(args.flags(), LIBVIRTS, BackupFlags::bit, "virDomainBackupBegin");
        Domain domain = host.domain(args.domain());
        int id = begin(domain, args, flags);
        jobs.began(client, domain, id);
    }

    /// Begins a backup; the same for both programs.
    ///
    /// @return the job's id
    static int begin(Domain domain, BackupMessages.Begin args, Set<BackupBeginFlag> flags) {
        return domain.backupBegin(
                BackupXml.read(args.backupXml()), args.checkpointXml().map(CheckpointXml::read), flags);
    }

    /// Of a running job only, as clients take the refusal to mean that there is none.
    private String xml(Client client, DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainBackupGetXMLDesc");
        Domain domain = host.domain(args.domain());
        return jobs.running(client, domain)
                .map(job -> domain.backupXml(job.id()))
                .orElseThrow(() -> VirtException.qemu(ErrorCode.NO_DOMAIN_BACKUP, "no domain backup job present"));
    }
}
