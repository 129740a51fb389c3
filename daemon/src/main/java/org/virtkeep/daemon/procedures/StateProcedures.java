package org.virtkeep.daemon.procedures;

import org.virtkeep.api.DomainState;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// What domains are and do.
final class StateProcedures implements ProcedureGroup {
    private final Host host;

    StateProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_GET_STATE, (_, args) -> state(args))
                .on(
                        LibvirtProgram.DOMAIN_IS_ACTIVE,
                        (_, ref) -> host.domain(ref).state() != DomainState.SHUTOFF)
                .on(
                        LibvirtProgram.DOMAIN_IS_PERSISTENT,
                        (_, ref) -> host.domain(ref).isPersistent())
                .on(LibvirtProgram.DOMAIN_GET_OS_TYPE, (_, _) -> "hvm")
                .on(
                        LibvirtProgram.DOMAIN_GET_XML_DESC,
                        (_, args) -> host.domain(args.domain()).xml());
    }

    private DomainMessages.State state(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainGetState");
        return new DomainMessages.State(host.domain(args.domain()).state().wireValue(), 0);
    }
}
