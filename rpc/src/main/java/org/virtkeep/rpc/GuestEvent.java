package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;

/// Events about a domain as a whole. Numbers are libvirt's, from `libvirt-domain.h`.
public sealed interface GuestEvent extends DomainEvent {

    /// Its state changed.
    ///
    /// @param event  `virDomainEventType`
    /// @param detail the reason; its meaning depends on `event`
    record Lifecycle(int callbackId, DomainRef domain, int event, int detail) implements GuestEvent {
        static final XdrCodec<Lifecycle> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).int32(it.event).int32(it.detail),
                in -> new Lifecycle(in.int32(), DomainRef.CODEC.read(in), in.int32(), in.int32()));
    }

    record Reboot(int callbackId, DomainRef domain) implements GuestEvent {
        static final XdrCodec<Reboot> CODEC =
                XdrCodec.of(GuestEvent::head, in -> new Reboot(in.int32(), DomainRef.CODEC.read(in)));
    }

    /// @param offsetSeconds the guest's clock against UTC
    record RtcChange(int callbackId, DomainRef domain, long offsetSeconds) implements GuestEvent {
        static final XdrCodec<RtcChange> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).int64(it.offsetSeconds),
                in -> new RtcChange(in.int32(), DomainRef.CODEC.read(in), in.int64()));
    }

    /// @param action `virDomainEventWatchdogAction`
    record Watchdog(int callbackId, DomainRef domain, int action) implements GuestEvent {
        static final XdrCodec<Watchdog> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).int32(it.action),
                in -> new Watchdog(in.int32(), DomainRef.CODEC.read(in), in.int32()));
    }

    record ControlError(int callbackId, DomainRef domain) implements GuestEvent {
        static final XdrCodec<ControlError> CODEC =
                XdrCodec.of(GuestEvent::head, in -> new ControlError(in.int32(), DomainRef.CODEC.read(in)));
    }

    /// @param reason always 0 so far
    record PmWakeup(int callbackId, int reason, DomainRef domain) implements GuestEvent {
        static final XdrCodec<PmWakeup> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.callbackId).int32(it.reason).value(it.domain, DomainRef.CODEC),
                in -> new PmWakeup(in.int32(), in.int32(), DomainRef.CODEC.read(in)));
    }

    /// @param reason always 0 so far
    record PmSuspend(int callbackId, int reason, DomainRef domain) implements GuestEvent {
        static final XdrCodec<PmSuspend> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.callbackId).int32(it.reason).value(it.domain, DomainRef.CODEC),
                in -> new PmSuspend(in.int32(), in.int32(), DomainRef.CODEC.read(in)));
    }

    /// @param reason always 0 so far
    record PmSuspendDisk(int callbackId, int reason, DomainRef domain) implements GuestEvent {
        static final XdrCodec<PmSuspendDisk> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.callbackId).int32(it.reason).value(it.domain, DomainRef.CODEC),
                in -> new PmSuspendDisk(in.int32(), in.int32(), DomainRef.CODEC.read(in)));
    }

    record BalloonChange(int callbackId, DomainRef domain, long actualKib) implements GuestEvent {
        static final XdrCodec<BalloonChange> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).int64(it.actualKib),
                in -> new BalloonChange(in.int32(), DomainRef.CODEC.read(in), in.int64()));
    }

    record Tunable(int callbackId, DomainRef domain, List<TypedParameter> parameters) implements GuestEvent {
        static final XdrCodec<Tunable> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).list(it.parameters, Limits.TUNABLES, TypedParameter.CODEC),
                in -> new Tunable(
                        in.int32(), DomainRef.CODEC.read(in), in.list(Limits.TUNABLES, TypedParameter.CODEC)));

        public Tunable {
            parameters = List.copyOf(parameters);
        }
    }

    /// The guest agent appeared or went away.
    ///
    /// @param state  1 connected, 2 disconnected
    /// @param reason 0 unknown, 1 the domain started, 2 its channel changed
    record AgentLifecycle(int callbackId, DomainRef domain, int state, int reason) implements GuestEvent {
        static final XdrCodec<AgentLifecycle> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).int32(it.state).int32(it.reason),
                in -> new AgentLifecycle(in.int32(), DomainRef.CODEC.read(in), in.int32(), in.int32()));
    }

    record MigrationIteration(int callbackId, DomainRef domain, int iteration) implements GuestEvent {
        static final XdrCodec<MigrationIteration> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).int32(it.iteration),
                in -> new MigrationIteration(in.int32(), DomainRef.CODEC.read(in), in.int32()));
    }

    /// @param type         0 description, 1 title, 2 an element
    /// @param namespaceUri of the element
    record MetadataChange(int callbackId, DomainRef domain, int type, Optional<String> namespaceUri)
            implements GuestEvent {
        static final XdrCodec<MetadataChange> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).int32(it.type).optionalString(it.namespaceUri),
                in -> new MetadataChange(in.int32(), DomainRef.CODEC.read(in), in.int32(), in.optionalString()));
    }

    /// @param recipient `virDomainMemoryFailureRecipientType`
    /// @param action    `virDomainMemoryFailureActionType`
    record MemoryFailure(int callbackId, DomainRef domain, int recipient, int action, int flags) implements GuestEvent {
        static final XdrCodec<MemoryFailure> CODEC = XdrCodec.of(
                (it, out) -> head(it, out).int32(it.recipient).int32(it.action).int32(it.flags),
                in -> new MemoryFailure(in.int32(), DomainRef.CODEC.read(in), in.int32(), in.int32(), in.int32()));
    }

    private static XdrWriter head(DomainEvent event, XdrWriter out) {
        return out.int32(event.callbackId()).value(event.domain(), DomainRef.CODEC);
    }
}
