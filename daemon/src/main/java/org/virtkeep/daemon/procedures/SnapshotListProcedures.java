package org.virtkeep.daemon.procedures;

import java.util.List;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.SnapshotMessages;
import org.virtkeep.rpc.SnapshotRef;

/// Listings of snapshots.
final class SnapshotListProcedures implements ProcedureGroup {
    private final Host host;

    SnapshotListProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_LIST_ALL_SNAPSHOTS, (_, args) -> list(args))
                .on(LibvirtProgram.DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN, (_, args) -> children(args))
                .on(
                        LibvirtProgram.DOMAIN_SNAPSHOT_NUM,
                        (_, args) -> ofDomain(args.domain(), args.flags(), "virDomainSnapshotNum")
                                .size())
                .on(
                        LibvirtProgram.DOMAIN_SNAPSHOT_NUM_CHILDREN,
                        (_, args) -> ofSnapshot(args.snapshot(), args.flags(), "virDomainSnapshotNumChildren")
                                .size())
                .on(
                        LibvirtProgram.DOMAIN_SNAPSHOT_LIST_NAMES,
                        (_, args) ->
                                names(ofDomain(args.domain(), args.flags(), "virDomainSnapshotListNames"), args.room()))
                .on(
                        LibvirtProgram.DOMAIN_SNAPSHOT_LIST_CHILDREN_NAMES,
                        (_, args) -> names(
                                ofSnapshot(args.snapshot(), args.flags(), "virDomainSnapshotListChildrenNames"),
                                args.room()));
    }

    private SnapshotMessages.SnapshotList list(SnapshotMessages.ListAll args) {
        List<Snapshot> found = ofDomain(args.domain(), args.flags(), "virDomainListAllSnapshots");
        return reply(found, args.domain(), args.wantResults());
    }

    private SnapshotMessages.SnapshotList children(SnapshotMessages.ListChildren args) {
        List<Snapshot> found = ofSnapshot(args.snapshot(), args.flags(), "virDomainSnapshotListAllChildren");
        return reply(found, args.snapshot().domain(), args.wantResults());
    }

    private static SnapshotMessages.SnapshotList reply(List<Snapshot> found, DomainRef domain, boolean wantResults) {
        List<SnapshotRef> refs = wantResults
                ? found.stream()
                        .map(each -> new SnapshotRef(each.name(), domain))
                        .toList()
                : List.of();
        return new SnapshotMessages.SnapshotList(refs, found.size());
    }

    private static DomainMessages.Names names(List<Snapshot> found, int room) {
        return new DomainMessages.Names(
                found.stream().map(Snapshot::name).limit(Math.max(room, 0)).toList());
    }

    private List<Snapshot> ofDomain(DomainRef ref, int flags, String api) {
        var filter = SnapshotFilter.of(new SnapshotFilter.Scope.OfDomain(), flags, api);
        return filter.apply(host.domain(ref).snapshots());
    }

    private List<Snapshot> ofSnapshot(SnapshotRef ref, int flags, String api) {
        Domain domain = host.domain(ref.domain());
        String name = domain.snapshot(ref.name()).name();
        var filter = SnapshotFilter.of(new SnapshotFilter.Scope.OfSnapshot(name), flags, api);
        return filter.apply(domain.snapshots());
    }
}
