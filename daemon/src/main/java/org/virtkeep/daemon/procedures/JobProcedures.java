package org.virtkeep.daemon.procedures;

import java.util.Optional;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.daemon.wire.JobStats;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.JobMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// The job of a domain, which libvirt knows one of. Backup jobs are the only ones.
final class JobProcedures implements ProcedureGroup {
    private static final int COMPLETED = 1;
    private static final int KEEP_COMPLETED = 1 << 1;

    private final Host host;
    private final LibvirtJobs jobs;

    JobProcedures(Host host, LibvirtJobs jobs) {
        this.host = host;
        this.jobs = jobs;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_GET_JOB_STATS, this::stats)
                .on(LibvirtProgram.DOMAIN_GET_JOB_INFO, this::info)
                .run(LibvirtProgram.DOMAIN_ABORT_JOB, this::abort)
                .run(LibvirtProgram.DOMAIN_ABORT_JOB_FLAGS, (client, args) -> {
                    Flags.check(args.flags(), 0, "virDomainAbortJobFlags");
                    abort(client, args.domain());
                });
    }

    private JobMessages.Stats stats(Client client, DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), COMPLETED | KEEP_COMPLETED, "virDomainGetJobStats");
        Domain domain = host.domain(args.domain());
        if ((args.flags() & COMPLETED) != 0) {
            // Who may only read must not use up what others have yet to read.
            boolean keep = (args.flags() & KEEP_COMPLETED) != 0 || client.isReadOnly();
            return jobs.completed(domain, keep).map(JobStats::of).orElse(JobStats.NONE);
        }
        return running(client, domain).map(JobStats::of).orElse(JobStats.NONE);
    }

    private JobMessages.Info info(Client client, DomainRef ref) {
        return running(client, host.domain(ref)).map(JobStats::info).orElse(JobStats.NO_INFO);
    }

    /// @throws VirtException OPERATION_INVALID as libvirt has it for a domain that is shut off; except that with us
    ///     it can have a job nevertheless
    private Optional<BackupJob> running(Client client, Domain domain) {
        Optional<BackupJob> job = jobs.running(client, domain);
        if (job.isEmpty() && domain.state() == DomainState.SHUTOFF) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "domain is not running");
        }
        return job;
    }

    /// The one way that libvirt has to end a pull, and to give up a push.
    private void abort(Client client, DomainRef ref) {
        Domain domain = host.domain(ref);
        domain.backupAbort(running -> jobs.toEnd(client, domain, running));
    }
}
