package org.virtkeep.daemon.procedures;

import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.BlockJobOperations.BlockJobEnd;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.DiskJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.DomainState;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// The jobs of disks: commits, pulls and copies, and the disks of backups.
final class BlockJobProcedures implements ProcedureGroup {
    /// `VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES`.
    private static final int COMMIT_BYTES = 1 << 4;

    private final Host host;

    BlockJobProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_GET_BLOCK_JOB_INFO, (_, args) -> info(args))
                .run(LibvirtProgram.DOMAIN_BLOCK_JOB_ABORT, (_, args) -> abort(args))
                .run(LibvirtProgram.DOMAIN_BLOCK_JOB_SET_SPEED, (_, args) -> setSpeed(args))
                .run(LibvirtProgram.DOMAIN_BLOCK_COMMIT, (_, args) -> commit(args))
                .run(LibvirtProgram.DOMAIN_SET_BLOCK_THRESHOLD, (_, args) -> setThreshold(args));
    }

    private void commit(BlockMessages.CommitArgs args) {
        Set<BlockCommit.Flag> flags = Flags.of(
                args.flags() & ~COMMIT_BYTES,
                BlockCommit.Flag.class,
                BlockCommit.Flag::wireValue,
                "virDomainBlockCommit");
        long speed = Bandwidth.perSecond(args.bandwidth(), (args.flags() & COMMIT_BYTES) != 0);
        host.domain(args.domain()).blockCommit(args.disk(), new BlockCommit(args.base(), args.top(), speed, flags));
    }

    private BlockMessages.BlockJobInfo info(BlockMessages.DiskFlags args) {
        Flags.check(args.flags(), Bandwidth.BYTES, "virDomainGetBlockJobInfo");
        Domain domain = host.domain(args.domain());
        String target = Disks.target(domain, args.disk(), "disk '%s' not found in domain");
        Optional<BackupJob.Disk> backup = backup(domain, target)
                .flatMap(job -> job.disks().stream()
                        .filter(disk ->
                                disk.name().equals(target) && !disk.state().hasEnded())
                        .findFirst());
        if (backup.isPresent()) {
            return new BlockMessages.BlockJobInfo(
                    true,
                    BlockJobType.BACKUP.wireValue(),
                    0,
                    backup.get().processed(),
                    backup.get().total());
        }
        if (domain.state() == DomainState.SHUTOFF) {
            return BlockMessages.BlockJobInfo.NONE;
        }
        boolean bytes = (args.flags() & Bandwidth.BYTES) != 0;
        return domain.blockJob(target).map(job -> info(job, bytes)).orElse(BlockMessages.BlockJobInfo.NONE);
    }

    /// Clients take a job whose numbers are equal for one that is ready; one that has nothing to do has done it all.
    private static BlockMessages.BlockJobInfo info(DiskJob job, boolean bytes) {
        boolean nothing = job.ready() && job.end() == 0;
        long current = nothing ? 1 : job.current();
        long end = nothing ? 1 : job.end();
        if (!job.ready() && current == end) {
            if (current > 0) {
                current--;
            } else {
                end++;
            }
        }
        return new BlockMessages.BlockJobInfo(
                true, job.type().wireValue(), Bandwidth.of(job.bytesPerSecond(), bytes), current, end);
    }

    /// The newest of the backup jobs that copy a disk.
    private static Optional<BackupJob> backup(Domain domain, String target) {
        return domain.runningBackupJobs().stream()
                .filter(job -> job.disks().stream()
                        .anyMatch(disk ->
                                disk.name().equals(target) && !disk.state().hasEnded()))
                .reduce((_, newest) -> newest);
    }

    /// Of a disk in a backup, the whole backup is ended, as libvirt does.
    private void abort(BlockMessages.DiskFlags args) {
        Set<BlockJobEnd> flags =
                Flags.of(args.flags(), BlockJobEnd.class, BlockJobEnd::wireValue, "virDomainBlockJobAbort");
        Domain domain = host.domain(args.domain());
        Optional<BackupJob> backup = flags.contains(BlockJobEnd.PIVOT)
                ? Optional.empty()
                : domain.blockDevices().stream()
                        .filter(disk -> isCalled(disk, args.disk()))
                        .findFirst()
                        .flatMap(disk -> backup(domain, disk.target()));
        if (backup.isPresent()) {
            domain.backupEnd(backup.get().id(), backup.get().push() ? Set.of(BackupEndFlag.ABORT) : Set.of());
        } else {
            domain.blockJobAbort(args.disk(), flags);
        }
    }

    private static boolean isCalled(BlockDevice disk, String name) {
        return disk.target().equals(name) || disk.source().filter(name::equals).isPresent();
    }

    private void setSpeed(BlockMessages.BandwidthArgs args) {
        Flags.check(args.flags(), Bandwidth.BYTES, "virDomainBlockJobSetSpeed");
        host.domain(args.domain())
                .setBlockJobSpeed(
                        args.disk(), Bandwidth.perSecond(args.bandwidth(), (args.flags() & Bandwidth.BYTES) != 0));
    }

    private void setThreshold(BlockMessages.ThresholdArgs args) {
        Flags.check(args.flags(), 0, "virDomainSetBlockThreshold");
        host.domain(args.domain()).setBlockThreshold(args.device(), Bandwidth.perSecond(args.thresholdBytes(), true));
    }
}
