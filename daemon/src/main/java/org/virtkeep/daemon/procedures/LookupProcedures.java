package org.virtkeep.daemon.procedures;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Finding domains.
final class LookupProcedures implements ProcedureGroup {
    private final Host host;

    LookupProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.CONNECT_LIST_ALL_DOMAINS, (_, args) -> list(args))
                .on(LibvirtProgram.CONNECT_NUM_OF_DOMAINS, (_, _) -> active().size())
                .on(
                        LibvirtProgram.CONNECT_NUM_OF_DEFINED_DOMAINS,
                        (_, _) -> inactive().size())
                .on(
                        LibvirtProgram.CONNECT_LIST_DOMAINS,
                        (_, room) -> new DomainMessages.DomainIds(active().stream()
                                .map(DomainRef::id)
                                .limit(Math.max(room, 0))
                                .toList()))
                .on(
                        LibvirtProgram.CONNECT_LIST_DEFINED_DOMAINS,
                        (_, room) -> new DomainMessages.Names(inactive().stream()
                                .map(DomainRef::name)
                                .limit(Math.max(room, 0))
                                .toList()))
                .on(LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, (_, name) -> byName(name))
                .on(LibvirtProgram.DOMAIN_LOOKUP_BY_UUID, (_, uuid) -> byUuid(uuid))
                .on(LibvirtProgram.DOMAIN_LOOKUP_BY_ID, (_, id) -> byId(id));
    }

    private DomainMessages.DomainList list(DomainMessages.ListAll args) {
        var filters = Flags.of(args.flags(), DomainFilter.class, DomainFilter::wireValue, "virConnectListAllDomains");
        List<DomainRef> found = refs(filters);
        return args.wantResults()
                ? DomainMessages.DomainList.of(found)
                : new DomainMessages.DomainList(List.of(), found.size());
    }

    private List<DomainRef> active() {
        return refs(Set.of(DomainFilter.ACTIVE));
    }

    private List<DomainRef> inactive() {
        return refs(Set.of(DomainFilter.INACTIVE));
    }

    private List<DomainRef> refs(Set<DomainFilter> filters) {
        return host.connection().list(filters).stream().map(Host::ref).toList();
    }

    private DomainRef byName(String name) {
        try {
            return Host.ref(host.connection().domain(name));
        } catch (VirtException e) {
            throw notFound(e, "no domain with matching name '%s'".formatted(name));
        }
    }

    private DomainRef byUuid(UUID uuid) {
        try {
            return Host.ref(host.connection().domain(uuid));
        } catch (VirtException e) {
            throw notFound(e, "no domain with matching uuid '%s'".formatted(uuid));
        }
    }

    private static VirtException notFound(VirtException failure, String inLibvirtsWords) {
        return failure.code() == ErrorCode.NO_DOMAIN
                ? VirtException.qemu(ErrorCode.NO_DOMAIN, inLibvirtsWords, failure)
                : failure;
    }

    private DomainRef byId(int id) {
        for (DomainRef ref : active()) {
            if (ref.id() == id && id != DomainRef.NO_ID) {
                return ref;
            }
        }
        throw VirtException.qemu(ErrorCode.NO_DOMAIN, "no domain with matching id %d".formatted(id));
    }
}
