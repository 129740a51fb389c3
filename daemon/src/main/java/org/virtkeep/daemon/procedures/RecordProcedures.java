package org.virtkeep.daemon.procedures;

import java.time.Duration;
import java.util.Optional;
import org.virtkeep.daemon.events.EventRelay;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.daemon.wire.WireEvent;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.RecordMessages;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.VirtkeepProgram;

/// Events as virtkeep's own program has them: the record, by sequence numbers, and the end of backup jobs.
final class RecordProcedures implements ProcedureGroup {
    /// A client that goes away while it waits holds its place no longer than that.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Host host;
    private final EventRelay relay;

    RecordProcedures(Host host, EventRelay relay) {
        this.host = host;
        this.relay = relay;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(VirtkeepProgram.RECORD_GET_LAST, (_, _) -> host.connection().lastEvent())
                .on(VirtkeepProgram.RECORD_WAIT, (_, args) -> await(args))
                .on(VirtkeepProgram.BACKUP_EVENT_REGISTER, this::register)
                .run(
                        VirtkeepProgram.BACKUP_EVENT_DEREGISTER,
                        (client, id) -> relay.deregister(client, id, VirtkeepProgram.PROGRAM));
    }

    private RecordMessages.Events await(RecordMessages.Wait args) {
        Duration asked = Duration.ofMillis(Math.max(0, args.waitMillis()));
        Duration limit = asked.compareTo(LONGEST_WAIT) < 0 ? asked : LONGEST_WAIT;
        return new RecordMessages.Events(relay.events(args.after(), limit).stream()
                .limit(RecordMessages.MAXIMUM_EVENTS)
                .map(WireEvent::of)
                .toList());
    }

    private int register(Client client, Optional<DomainRef> domain) {
        return relay.register(client, VirtkeepProgram.BACKUP_ENDED, domain.map(DomainRef::uuid));
    }
}
