package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockPull;
import org.virtkeep.api.Domain;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.BlockCopyXml;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.TypedParameter;

/// Pulls and copies of disks, and the older procedure that does both.
final class BlockCopyProcedures implements ProcedureGroup {
    /// `VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES` and `VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES`.
    private static final int BYTES = 1 << 6;

    // Of `virDomainBlockRebaseFlags`.
    private static final int SHALLOW = 1;
    private static final int REUSE_EXTERNAL = 1 << 1;
    private static final int COPY_RAW = 1 << 2;
    private static final int COPY = 1 << 3;
    private static final int RELATIVE = 1 << 4;
    private static final int COPY_DEV = 1 << 5;

    private final Host host;

    BlockCopyProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.run(LibvirtProgram.DOMAIN_BLOCK_PULL, (_, args) -> pull(args))
                .run(LibvirtProgram.DOMAIN_BLOCK_REBASE, (_, args) -> rebase(args))
                .run(LibvirtProgram.DOMAIN_BLOCK_COPY, (_, args) -> copy(args));
    }

    private void pull(BlockMessages.BandwidthArgs args) {
        Flags.check(args.flags(), BYTES, "virDomainBlockPull");
        long speed = Bandwidth.perSecond(args.bandwidth(), (args.flags() & BYTES) != 0);
        host.domain(args.domain()).blockPull(args.disk(), new BlockPull(Optional.empty(), speed, false));
    }

    private void rebase(BlockMessages.RebaseArgs args) {
        int flags = args.flags();
        Flags.check(
                flags,
                BYTES | SHALLOW | REUSE_EXTERNAL | COPY_RAW | COPY | RELATIVE | COPY_DEV,
                "virDomainBlockRebase");
        Domain domain = host.domain(args.domain());
        long speed = Bandwidth.perSecond(args.bandwidth(), (flags & BYTES) != 0);
        if ((flags & COPY) != 0) {
            copyAsRebase(domain, args, speed);
            return;
        }
        Flags.check(flags, BYTES | RELATIVE, "virDomainBlockRebase");
        domain.blockPull(args.disk(), new BlockPull(args.base(), speed, (flags & RELATIVE) != 0));
    }

    /// What is called the base is where the copy goes.
    private static void copyAsRebase(Domain domain, BlockMessages.RebaseArgs args, long speed) {
        String path = args.base()
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.INVALID_ARG, "base in virDomainBlockRebase must not be NULL for a copy"));
        int flags = args.flags();
        var wanted = EnumSet.noneOf(BlockCopy.Flag.class);
        if ((flags & SHALLOW) != 0) {
            wanted.add(BlockCopy.Flag.SHALLOW);
        }
        if ((flags & REUSE_EXTERNAL) != 0) {
            wanted.add(BlockCopy.Flag.REUSE_EXTERNAL);
        }
        domain.blockCopy(
                args.disk(),
                new BlockCopy(
                        (flags & COPY_DEV) != 0 ? new DiskSource.Block(path) : new DiskSource.File(path),
                        (flags & COPY_RAW) != 0 ? Optional.of("raw") : Optional.empty(),
                        speed,
                        0,
                        0,
                        wanted));
    }

    private void copy(BlockMessages.CopyArgs args) {
        Set<BlockCopy.Flag> flags =
                Flags.of(args.flags(), BlockCopy.Flag.class, BlockCopy.Flag::wireValue, "virDomainBlockCopy");
        BlockCopyXml destination = BlockCopyXml.read(args.destinationXml());
        host.domain(args.domain())
                .blockCopy(
                        args.disk(),
                        new BlockCopy(
                                destination.destination(),
                                destination.format(),
                                number(args.parameters(), "bandwidth"),
                                number(args.parameters(), "granularity"),
                                number(args.parameters(), "buf-size"),
                                flags));
    }

    /// 0 if it is not given.
    private static long number(List<TypedParameter> parameters, String field) {
        return parameters.stream()
                .filter(parameter -> parameter.field().equals(field))
                .findFirst()
                .map(parameter -> switch (parameter.value()) {
                    case TypedParameter.Value.UnsignedInt32(int value) -> Integer.toUnsignedLong(value);
                    case TypedParameter.Value.UnsignedInt64(long value) -> Bandwidth.perSecond(value, true);
                    case TypedParameter.Value.Int32 _,
                            TypedParameter.Value.Int64 _,
                            TypedParameter.Value.Float64 _,
                            TypedParameter.Value.Bool _,
                            TypedParameter.Value.Text _ ->
                        throw VirtException.qemu(
                                ErrorCode.INVALID_ARG, "invalid type for parameter '%s'".formatted(field));
                })
                .orElse(0L);
    }
}
