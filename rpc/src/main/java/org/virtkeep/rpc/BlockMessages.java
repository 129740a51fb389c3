package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;

/// Arguments and replies about disks and block jobs. A disk is named by its target, as `vda`, or by the path of
/// its image.
public final class BlockMessages {
    private BlockMessages() {}

    public record DiskFlags(DomainRef domain, String disk, int flags) {
        static final XdrCodec<DiskFlags> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).string(it.disk).int32(it.flags),
                in -> new DiskFlags(DomainRef.CODEC.read(in), in.string(), in.int32()));
    }

    /// @param capacityBytes   what the guest sees
    /// @param allocationBytes what the image occupies
    /// @param physicalBytes   size of the file or device
    public record BlockInfo(long allocationBytes, long capacityBytes, long physicalBytes) {
        static final XdrCodec<BlockInfo> CODEC = XdrCodec.of(
                (it, out) ->
                        out.int64(it.allocationBytes).int64(it.capacityBytes).int64(it.physicalBytes),
                in -> new BlockInfo(in.int64(), in.int64(), in.int64()));
    }

    public record Disk(DomainRef domain, String disk) {
        static final XdrCodec<Disk> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC).string(it.disk),
                in -> new Disk(DomainRef.CODEC.read(in), in.string()));
    }

    /// A count that the server does not have is -1.
    public record BlockStats(long readRequests, long readBytes, long writeRequests, long writtenBytes, long errors) {
        static final XdrCodec<BlockStats> CODEC = XdrCodec.of(
                (it, out) -> out.int64(it.readRequests)
                        .int64(it.readBytes)
                        .int64(it.writeRequests)
                        .int64(it.writtenBytes)
                        .int64(it.errors),
                in -> new BlockStats(in.int64(), in.int64(), in.int64(), in.int64(), in.int64()));
    }

    /// @param room how many parameters the client has room for; 0 asks how many there are
    public record BlockStatsFlagsArgs(DomainRef domain, String disk, int room, int flags) {
        static final XdrCodec<BlockStatsFlagsArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.disk)
                        .int32(it.room)
                        .int32(it.flags),
                in -> new BlockStatsFlagsArgs(DomainRef.CODEC.read(in), in.string(), in.int32(), in.int32()));
    }

    /// @param count how many there are, if the client asked with no room; else 0
    public record BlockStatsFlags(List<TypedParameter> parameters, int count) {
        static final XdrCodec<BlockStatsFlags> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.parameters, Limits.BLOCK_STATS, TypedParameter.CODEC)
                        .int32(it.count),
                in -> new BlockStatsFlags(in.list(Limits.BLOCK_STATS, TypedParameter.CODEC), in.int32()));

        public BlockStatsFlags {
            parameters = List.copyOf(parameters);
        }
    }

    /// @param maximumCount how many errors the client has room for; 0 asks for the number of disks
    public record DiskErrorsArgs(DomainRef domain, int maximumCount, int flags) {
        static final XdrCodec<DiskErrorsArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .int32(it.maximumCount)
                        .int32(it.flags),
                in -> new DiskErrorsArgs(DomainRef.CODEC.read(in), in.int32(), in.int32()));
    }

    /// @param error 1 unspecified, 2 no space
    public record DiskError(String disk, int error) {
        static final XdrCodec<DiskError> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.disk).int32(it.error), in -> new DiskError(in.string(), in.int32()));
    }

    /// @param count of disks, if the client asked for that; else of errors
    public record DiskErrors(List<DiskError> errors, int count) {
        static final XdrCodec<DiskErrors> CODEC = XdrCodec.of(
                (it, out) ->
                        out.list(it.errors, Limits.DISK_ERRORS, DiskError.CODEC).int32(it.count),
                in -> new DiskErrors(in.list(Limits.DISK_ERRORS, DiskError.CODEC), in.int32()));

        public DiskErrors {
            errors = List.copyOf(errors);
        }
    }

    /// @param size in KiB, or in bytes with the flag 1
    public record ResizeArgs(DomainRef domain, String disk, long size, int flags) {
        static final XdrCodec<ResizeArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.disk)
                        .int64(it.size)
                        .int32(it.flags),
                in -> new ResizeArgs(DomainRef.CODEC.read(in), in.string(), in.int64(), in.int32()));
    }

    /// @param found     false if the disk has no job; the rest is zero then
    /// @param type      1 pull, 2 copy, 3 commit, 4 active commit, 5 backup
    /// @param bandwidth limit in MiB/s, or in bytes/s with the flag 1; 0 is none
    /// @param current   progress, of no unit
    /// @param end       where `current` will be when the job is done
    public record BlockJobInfo(boolean found, int type, long bandwidth, long current, long end) {
        static final XdrCodec<BlockJobInfo> CODEC = XdrCodec.of(
                (it, out) -> out.bool(it.found)
                        .int32(it.type)
                        .int64(it.bandwidth)
                        .int64(it.current)
                        .int64(it.end),
                in -> new BlockJobInfo(in.bool(), in.int32(), in.int64(), in.int64(), in.int64()));

        public static final BlockJobInfo NONE = new BlockJobInfo(false, 0, 0, 0, 0);
    }

    /// @param bandwidth in MiB/s, or in bytes/s with a flag that depends on the procedure; 0 is no limit
    public record BandwidthArgs(DomainRef domain, String disk, long bandwidth, int flags) {
        static final XdrCodec<BandwidthArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.disk)
                        .int64(it.bandwidth)
                        .int32(it.flags),
                in -> new BandwidthArgs(DomainRef.CODEC.read(in), in.string(), in.int64(), in.int32()));
    }

    /// @param base the image that stays below; empty for none
    public record RebaseArgs(DomainRef domain, String disk, Optional<String> base, long bandwidth, int flags) {
        static final XdrCodec<RebaseArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.disk)
                        .optionalString(it.base)
                        .int64(it.bandwidth)
                        .int32(it.flags),
                in -> new RebaseArgs(
                        DomainRef.CODEC.read(in), in.string(), in.optionalString(), in.int64(), in.int32()));
    }

    /// @param base where the changes go; empty for the lowest image
    /// @param top  where they come from; empty for the active image
    public record CommitArgs(
            DomainRef domain, String disk, Optional<String> base, Optional<String> top, long bandwidth, int flags) {
        static final XdrCodec<CommitArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.disk)
                        .optionalString(it.base)
                        .optionalString(it.top)
                        .int64(it.bandwidth)
                        .int32(it.flags),
                in -> new CommitArgs(
                        DomainRef.CODEC.read(in),
                        in.string(),
                        in.optionalString(),
                        in.optionalString(),
                        in.int64(),
                        in.int32()));
    }

    /// @param destinationXml a `<disk>` element
    public record CopyArgs(
            DomainRef domain, String disk, String destinationXml, List<TypedParameter> parameters, int flags) {
        static final XdrCodec<CopyArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.disk)
                        .string(it.destinationXml)
                        .list(it.parameters, Limits.BLOCK_COPY_PARAMETERS, TypedParameter.CODEC)
                        .int32(it.flags),
                in -> new CopyArgs(
                        DomainRef.CODEC.read(in),
                        in.string(),
                        in.string(),
                        in.list(Limits.BLOCK_COPY_PARAMETERS, TypedParameter.CODEC),
                        in.int32()));

        public CopyArgs {
            parameters = List.copyOf(parameters);
        }
    }

    /// @param device         the target, or a node of its chain as `vda[1]`
    /// @param thresholdBytes 0 removes it
    public record ThresholdArgs(DomainRef domain, String device, long thresholdBytes, int flags) {
        static final XdrCodec<ThresholdArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.device)
                        .int64(it.thresholdBytes)
                        .int32(it.flags),
                in -> new ThresholdArgs(DomainRef.CODEC.read(in), in.string(), in.int64(), in.int32()));
    }
}
