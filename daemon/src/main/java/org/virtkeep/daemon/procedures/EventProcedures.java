package org.virtkeep.daemon.procedures;

import org.virtkeep.daemon.events.EventRelay;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainEvent;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.EventType;
import org.virtkeep.rpc.LibvirtEvents;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Registering for libvirt's events. One that virtkeep does not know of never comes, but may be registered for.
final class EventProcedures implements ProcedureGroup {
    private final EventRelay relay;

    EventProcedures(EventRelay relay) {
        this.relay = relay;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, this::register)
                .run(
                        LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY,
                        (client, id) -> relay.deregister(client, id, LibvirtProgram.PROGRAM));
    }

    /// As in libvirtd, the domain need not be known.
    private int register(Client client, DomainMessages.RegisterEvent args) {
        EventType<? extends DomainEvent> type = LibvirtEvents.byEventId(args.eventId())
                .orElseThrow(() -> new VirtException(
                        ErrorCode.INTERNAL_ERROR,
                        ErrorDomain.RPC,
                        "unsupported event ID %d".formatted(args.eventId())));
        return relay.register(client, type, args.domain().map(DomainRef::uuid));
    }
}
