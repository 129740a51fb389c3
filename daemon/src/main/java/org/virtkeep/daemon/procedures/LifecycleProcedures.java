package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Defining, starting and stopping domains.
final class LifecycleProcedures implements ProcedureGroup {
    private static final int START_PAUSED = 1;

    private final Host host;

    LifecycleProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_DEFINE_XML, (_, xml) -> define(xml))
                .run(LibvirtProgram.DOMAIN_CREATE, (_, ref) -> host.domain(ref).start(Set.of()))
                .on(LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, (_, args) -> start(args))
                .run(LibvirtProgram.DOMAIN_DESTROY, (_, ref) -> host.domain(ref).destroy())
                .run(LibvirtProgram.DOMAIN_SUSPEND, (_, ref) -> host.domain(ref).suspend())
                .run(LibvirtProgram.DOMAIN_RESUME, (_, ref) -> host.domain(ref).resume())
                .run(
                        LibvirtProgram.DOMAIN_SHUTDOWN,
                        (_, ref) -> host.domain(ref).shutdown())
                .run(
                        LibvirtProgram.DOMAIN_UNDEFINE,
                        (_, ref) -> host.domain(ref).undefine(Set.of()));
    }

    private DomainRef define(String xml) {
        return Host.ref(host.connection().define(xml));
    }

    private DomainRef start(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), START_PAUSED, "virDomainCreateWithFlags");
        var flags = EnumSet.noneOf(Domain.StartFlag.class);
        if ((args.flags() & START_PAUSED) != 0) {
            flags.add(Domain.StartFlag.PAUSED);
        }
        Domain domain = host.domain(args.domain());
        domain.start(flags);
        return Host.ref(domain);
    }
}
