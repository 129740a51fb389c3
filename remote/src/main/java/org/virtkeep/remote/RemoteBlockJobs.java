package org.virtkeep.remote;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockJobOperations;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.BlockPull;
import org.virtkeep.api.DiskJob;
import org.virtkeep.model.BlockCopyXml;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.TypedParameter;

/// The part of [RemoteDomain] that works on the images of its disks, whichever daemon answers. Immutable.
abstract class RemoteBlockJobs extends RemoteGuest implements BlockJobOperations {
    /// `VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES`.
    private static final int COMMIT_BYTES = 1 << 4;

    /// `VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES`.
    private static final int REBASE_BYTES = 1 << 6;
    /// `VIR_DOMAIN_BLOCK_REBASE_RELATIVE`.
    private static final int REBASE_RELATIVE = 1 << 4;

    /// A pivot waits until the job has caught up with the guest.
    private static final Duration END_LIMIT = Duration.ofSeconds(120);

    private final Link link;
    private final DomainRef domain;

    RemoteBlockJobs(Link link, DomainRef domain) {
        super(link, domain);
        this.link = link;
        this.domain = domain;
    }

    @Override
    public void blockCommit(String disk, BlockCommit commit) {
        int bits = commit.flags().stream()
                .mapToInt(BlockCommit.Flag::wireValue)
                .reduce(COMMIT_BYTES, (one, other) -> one | other);
        link.call(
                LibvirtProgram.DOMAIN_BLOCK_COMMIT,
                new BlockMessages.CommitArgs(domain, disk, commit.base(), commit.top(), commit.bytesPerSecond(), bits));
    }

    @Override
    public void blockPull(String disk, BlockPull pull) {
        int bits = REBASE_BYTES | (pull.relative() ? REBASE_RELATIVE : 0);
        link.call(
                LibvirtProgram.DOMAIN_BLOCK_REBASE,
                new BlockMessages.RebaseArgs(domain, disk, pull.base(), pull.bytesPerSecond(), bits));
    }

    @Override
    public void blockCopy(String disk, BlockCopy copy) {
        var parameters = new ArrayList<TypedParameter>();
        if (copy.bytesPerSecond() > 0) {
            parameters.add(TypedParameter.unsignedInt64("bandwidth", copy.bytesPerSecond()));
        }
        if (copy.granularityBytes() > 0) {
            parameters.add(TypedParameter.unsignedInt32("granularity", Math.toIntExact(copy.granularityBytes())));
        }
        if (copy.bufferBytes() > 0) {
            parameters.add(TypedParameter.unsignedInt64("buf-size", copy.bufferBytes()));
        }
        int bits = copy.flags().stream().mapToInt(BlockCopy.Flag::wireValue).reduce(0, (one, other) -> one | other);
        String xml = new BlockCopyXml(copy.destination(), copy.format()).write();
        link.call(LibvirtProgram.DOMAIN_BLOCK_COPY, new BlockMessages.CopyArgs(domain, disk, xml, parameters, bits));
    }

    /// The protocol has no word for ready: such a job has nothing left to do.
    @Override
    public Optional<DiskJob> blockJob(String disk) {
        BlockMessages.BlockJobInfo info = link.call(
                LibvirtProgram.DOMAIN_GET_BLOCK_JOB_INFO, new BlockMessages.DiskFlags(domain, disk, Flags.BYTES));
        return Optional.of(info)
                .filter(BlockMessages.BlockJobInfo::found)
                .flatMap(now -> BlockJobType.of(now.type()))
                .filter(type -> type != BlockJobType.BACKUP)
                .map(type -> new DiskJob(
                        type,
                        info.bandwidth(),
                        info.current(),
                        info.end(),
                        type.canPivot() && info.current() == info.end()));
    }

    @Override
    public void blockJobAbort(String disk, Set<BlockJobEnd> flags) {
        int bits = flags.stream().mapToInt(BlockJobEnd::wireValue).reduce(0, (one, other) -> one | other);
        link.call(LibvirtProgram.DOMAIN_BLOCK_JOB_ABORT, new BlockMessages.DiskFlags(domain, disk, bits), END_LIMIT);
    }

    @Override
    public void setBlockJobSpeed(String disk, long bytesPerSecond) {
        link.call(
                LibvirtProgram.DOMAIN_BLOCK_JOB_SET_SPEED,
                new BlockMessages.BandwidthArgs(domain, disk, bytesPerSecond, Flags.BYTES));
    }

    @Override
    public void setBlockThreshold(String device, long bytes) {
        link.call(LibvirtProgram.DOMAIN_SET_BLOCK_THRESHOLD, new BlockMessages.ThresholdArgs(domain, device, bytes, 0));
    }
}
