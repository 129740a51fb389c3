package org.virtkeep.rpc;

import java.util.List;

/// Events about a domain's other devices. Numbers are libvirt's, from `libvirt-domain.h`.
public sealed interface DeviceEvent extends DomainEvent {

    record DeviceAdded(int callbackId, DomainRef domain, String deviceAlias) implements DeviceEvent {
        static final XdrCodec<DeviceAdded> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).string(it.deviceAlias),
                in -> new DeviceAdded(in.int32(), DomainRef.CODEC.read(in), in.string()));
    }

    record DeviceRemoved(int callbackId, DomainRef domain, String deviceAlias) implements DeviceEvent {
        static final XdrCodec<DeviceRemoved> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).string(it.deviceAlias),
                in -> new DeviceRemoved(in.int32(), DomainRef.CODEC.read(in), in.string()));
    }

    record DeviceRemovalFailed(int callbackId, DomainRef domain, String deviceAlias) implements DeviceEvent {
        static final XdrCodec<DeviceRemovalFailed> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).string(it.deviceAlias),
                in -> new DeviceRemovalFailed(in.int32(), DomainRef.CODEC.read(in), in.string()));
    }

    record MemoryDeviceSizeChange(int callbackId, DomainRef domain, String deviceAlias, long sizeKib)
            implements DeviceEvent {
        static final XdrCodec<MemoryDeviceSizeChange> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).string(it.deviceAlias).int64(it.sizeKib),
                in -> new MemoryDeviceSizeChange(in.int32(), DomainRef.CODEC.read(in), in.string(), in.int64()));
    }

    /// A client of the domain's display came or went.
    ///
    /// @param phase 0 connect, 1 initialize, 2 disconnect
    record Graphics(
            int callbackId,
            DomainRef domain,
            int phase,
            Address local,
            Address remote,
            String authenticationScheme,
            List<Identity> subject)
            implements DeviceEvent {
        static final XdrCodec<Graphics> CODEC = XdrCodec.of(
                (it, out) -> head(it, out)
                        .int32(it.phase)
                        .value(it.local, Address.CODEC)
                        .value(it.remote, Address.CODEC)
                        .string(it.authenticationScheme)
                        .list(it.subject, Limits.GRAPHICS_IDENTITIES, Identity.CODEC),
                in -> new Graphics(
                        in.int32(),
                        DomainRef.CODEC.read(in),
                        in.int32(),
                        Address.CODEC.read(in),
                        Address.CODEC.read(in),
                        in.string(),
                        in.list(Limits.GRAPHICS_IDENTITIES, Identity.CODEC)));

        public Graphics {
            subject = List.copyOf(subject);
        }

        /// @param family 0 IPv4, 1 IPv6, 2 unix
        public record Address(int family, String node, String service) {
            static final XdrCodec<Address> CODEC = XdrCodec.of(
                    (it, out) -> out.int32(it.family).string(it.node).string(it.service),
                    in -> new Address(in.int32(), in.string(), in.string()));
        }

        public record Identity(String type, String name) {
            static final XdrCodec<Identity> CODEC = XdrCodec.of(
                    (it, out) -> out.string(it.type).string(it.name), in -> new Identity(in.string(), in.string()));
        }
    }

    private static XdrWriter head(DomainEvent event, XdrWriter out) {
        return out.int32(event.callbackId()).value(event.domain(), DomainRef.CODEC);
    }
}
