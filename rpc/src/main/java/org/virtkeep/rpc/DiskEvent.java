package org.virtkeep.rpc;

import java.util.Optional;

/// Events about a domain's disks. Numbers are libvirt's, from `libvirt-domain.h`.
public sealed interface DiskEvent extends DomainEvent {

    /// @param sourcePath  the image
    /// @param deviceAlias as in the domain's XML
    /// @param action      0 none, 1 the guest was paused, 2 the error was reported to the guest
    record IoError(int callbackId, DomainRef domain, String sourcePath, String deviceAlias, int action)
            implements DiskEvent {
        static final XdrCodec<IoError> CODEC = XdrCodec.of(
                (it, out) -> head(it, out)
                        .string(it.sourcePath)
                        .string(it.deviceAlias)
                        .int32(it.action),
                in -> new IoError(in.int32(), DomainRef.CODEC.read(in), in.string(), in.string(), in.int32()));
    }

    /// As [IoError].
    ///
    /// @param reason `enospc` or empty
    record IoErrorReason(
            int callbackId, DomainRef domain, String sourcePath, String deviceAlias, int action, String reason)
            implements DiskEvent {
        static final XdrCodec<IoErrorReason> CODEC = XdrCodec.of(
                (it, out) -> head(it, out)
                        .string(it.sourcePath)
                        .string(it.deviceAlias)
                        .int32(it.action)
                        .string(it.reason),
                in -> new IoErrorReason(
                        in.int32(), DomainRef.CODEC.read(in), in.string(), in.string(), in.int32(), in.string()));
    }

    /// The older of the two block job events: it names the image.
    ///
    /// @param type   1 pull, 2 copy, 3 commit, 4 active commit, 5 backup
    /// @param status 0 completed, 1 failed, 2 cancelled, 3 ready
    record BlockJob(int callbackId, DomainRef domain, String path, int type, int status) implements DiskEvent {
        static final XdrCodec<BlockJob> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).string(it.path).int32(it.type).int32(it.status),
                in -> new BlockJob(in.int32(), DomainRef.CODEC.read(in), in.string(), in.int32(), in.int32()));
    }

    /// The newer of the two block job events: it names the target, as `vda`. Numbers as for [BlockJob].
    record BlockJob2(int callbackId, DomainRef domain, String target, int type, int status) implements DiskEvent {
        static final XdrCodec<BlockJob2> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).string(it.target).int32(it.type).int32(it.status),
                in -> new BlockJob2(in.int32(), DomainRef.CODEC.read(in), in.string(), in.int32(), in.int32()));
    }

    /// @param reason 0 missing on start
    record DiskChange(
            int callbackId,
            DomainRef domain,
            Optional<String> oldSourcePath,
            Optional<String> newSourcePath,
            String deviceAlias,
            int reason)
            implements DiskEvent {
        static final XdrCodec<DiskChange> CODEC = XdrCodec.of(
                (it, out) -> head(it, out)
                        .optionalString(it.oldSourcePath)
                        .optionalString(it.newSourcePath)
                        .string(it.deviceAlias)
                        .int32(it.reason),
                in -> new DiskChange(
                        in.int32(),
                        DomainRef.CODEC.read(in),
                        in.optionalString(),
                        in.optionalString(),
                        in.string(),
                        in.int32()));
    }

    /// @param reason 0 opened, 1 closed
    record TrayChange(int callbackId, DomainRef domain, String deviceAlias, int reason) implements DiskEvent {
        static final XdrCodec<TrayChange> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).string(it.deviceAlias).int32(it.reason),
                in -> new TrayChange(in.int32(), DomainRef.CODEC.read(in), in.string(), in.int32()));
    }

    /// A disk was written to beyond the offset set with `DOMAIN_SET_BLOCK_THRESHOLD`.
    ///
    /// @param device         the target, or a node of its chain as `vda[1]`
    /// @param thresholdBytes as it was set
    /// @param excessBytes    by how much the write went beyond it
    record BlockThreshold(
            int callbackId,
            DomainRef domain,
            String device,
            Optional<String> path,
            long thresholdBytes,
            long excessBytes)
            implements DiskEvent {
        static final XdrCodec<BlockThreshold> CODEC = XdrCodec.of(
                (it, out) -> head(it, out)
                        .string(it.device)
                        .optionalString(it.path)
                        .int64(it.thresholdBytes)
                        .int64(it.excessBytes),
                in -> new BlockThreshold(
                        in.int32(),
                        DomainRef.CODEC.read(in),
                        in.string(),
                        in.optionalString(),
                        in.int64(),
                        in.int64()));
    }

    private static XdrWriter head(DomainEvent event, XdrWriter out) {
        return out.int32(event.callbackId()).value(event.domain(), DomainRef.CODEC);
    }
}
