package org.virtkeep.daemon.procedures;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BlockInfo;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.Group;
import org.virtkeep.api.DomainStatistics.Requests;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.TypedParameter;

/// The size of disks, and what was asked of them.
final class DiskProcedures implements ProcedureGroup {
    /// `VIR_TYPED_PARAM_STRING_OKAY`: none of the figures is a string.
    private static final int STRINGS_OKAY = 1 << 2;
    /// `VIR_DOMAIN_BLOCK_RESIZE_BYTES`.
    private static final int RESIZE_BYTES = 1;

    private static final long BYTES_PER_KIB = 1024;
    private static final int UNKNOWN = -1;

    private final Host host;

    DiskProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_GET_BLOCK_INFO, (_, args) -> info(args))
                .on(LibvirtProgram.DOMAIN_BLOCK_STATS, (_, args) -> stats(args))
                .on(LibvirtProgram.DOMAIN_BLOCK_STATS_FLAGS, (_, args) -> statsFlags(args))
                .on(LibvirtProgram.DOMAIN_GET_DISK_ERRORS, (_, args) -> errors(args))
                .run(LibvirtProgram.DOMAIN_BLOCK_RESIZE, (_, args) -> resize(args));
    }

    private BlockMessages.BlockInfo info(BlockMessages.DiskFlags args) {
        Flags.check(args.flags(), 0, "virDomainGetBlockInfo");
        Domain domain = host.domain(args.domain());
        BlockInfo info = domain.blockInfo(Disks.target(domain, args.disk()));
        return new BlockMessages.BlockInfo(info.allocation(), info.capacity(), info.physical());
    }

    private BlockMessages.BlockStats stats(BlockMessages.Disk args) {
        Requests requests = requests(host.domain(args.domain()), args.disk());
        return new BlockMessages.BlockStats(
                requests.reads(), requests.readBytes(), requests.writes(), requests.writtenBytes(), UNKNOWN);
    }

    private BlockMessages.BlockStatsFlags statsFlags(BlockMessages.BlockStatsFlagsArgs args) {
        Flags.check(args.flags(), STRINGS_OKAY, "virDomainBlockStatsFlags");
        Requests requests = requests(host.domain(args.domain()), args.disk());
        List<TypedParameter> all = List.of(
                TypedParameter.int64("wr_bytes", requests.writtenBytes()),
                TypedParameter.int64("wr_operations", requests.writes()),
                TypedParameter.int64("rd_bytes", requests.readBytes()),
                TypedParameter.int64("rd_operations", requests.reads()),
                TypedParameter.int64("flush_operations", requests.flushes()),
                TypedParameter.int64("wr_total_times", requests.writeNanoseconds()),
                TypedParameter.int64("rd_total_times", requests.readNanoseconds()),
                TypedParameter.int64("flush_total_times", requests.flushNanoseconds()));
        return args.room() == 0
                ? new BlockMessages.BlockStatsFlags(List.of(), all.size())
                : new BlockMessages.BlockStatsFlags(
                        all.stream().limit(Math.max(0, args.room())).toList(), 0);
    }

    /// @param disk empty for all of them together
    private static Requests requests(Domain domain, String disk) {
        DomainStatistics statistics = domain.statistics(Set.of(Group.DISK_REQUESTS));
        if (statistics.state().state() == DomainState.SHUTOFF) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "domain is not running");
        }
        return statistics.disks().stream()
                .filter(each -> disk.isEmpty()
                        || each.target().equals(disk)
                        || each.path().equals(Optional.of(disk)))
                .flatMap(each -> each.requests().stream())
                .reduce(DiskProcedures::sum)
                .orElseThrow(() -> VirtException.qemu(ErrorCode.INVALID_ARG, "invalid path: %s".formatted(disk)));
    }

    private static Requests sum(Requests a, Requests b) {
        return new Requests(
                a.reads() + b.reads(),
                a.readBytes() + b.readBytes(),
                a.readNanoseconds() + b.readNanoseconds(),
                a.writes() + b.writes(),
                a.writtenBytes() + b.writtenBytes(),
                a.writeNanoseconds() + b.writeNanoseconds(),
                a.flushes() + b.flushes(),
                a.flushNanoseconds() + b.flushNanoseconds());
    }

    private BlockMessages.DiskErrors errors(BlockMessages.DiskErrorsArgs args) {
        Flags.check(args.flags(), 0, "virDomainGetDiskErrors");
        Domain domain = host.domain(args.domain());
        var errors = new ArrayList<BlockMessages.DiskError>();
        domain.diskErrors().forEach((disk, error) -> errors.add(new BlockMessages.DiskError(disk, error.wireValue())));
        if (args.maximumCount() == 0) {
            return new BlockMessages.DiskErrors(List.of(), domain.blockDevices().size());
        }
        List<BlockMessages.DiskError> fitting = errors.stream()
                .sorted(Comparator.comparing(BlockMessages.DiskError::disk))
                .limit(Math.max(0, args.maximumCount()))
                .toList();
        return new BlockMessages.DiskErrors(fitting, fitting.size());
    }

    private void resize(BlockMessages.ResizeArgs args) {
        Flags.check(args.flags(), RESIZE_BYTES, "virDomainBlockResize");
        Domain domain = host.domain(args.domain());
        boolean bytes = (args.flags() & RESIZE_BYTES) != 0;
        domain.blockResize(
                Disks.target(domain, args.disk(), "disk '%s' was not found in the domain config"),
                bytes ? positive(args.size(), 1) : positive(args.size(), BYTES_PER_KIB));
    }

    /// The size arrives unsigned.
    private static long positive(long size, long unit) {
        if (size < 0 || size > Long.MAX_VALUE / unit) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG, "size must be less than %d".formatted(Long.MAX_VALUE / unit));
        }
        return size * unit;
    }
}
