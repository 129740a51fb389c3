package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.SnapshotMessages;
import org.virtkeep.rpc.SnapshotRef;

/// Snapshots, except for their listings.
final class SnapshotProcedures implements ProcedureGroup {
    private static final int SECURE = 1;
    private static final int REVERT_RUNNING = 1;
    private static final int REVERT_PAUSED = 1 << 1;

    private final Host host;
    private final SnapshotDeletions deletions;

    SnapshotProcedures(Host host, SnapshotDeletions deletions) {
        this.host = host;
        this.deletions = deletions;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_SNAPSHOT_CREATE_XML, (_, args) -> create(args))
                .on(LibvirtProgram.DOMAIN_SNAPSHOT_GET_XML_DESC, this::xml)
                .on(LibvirtProgram.DOMAIN_SNAPSHOT_LOOKUP_BY_NAME, (_, args) -> lookup(args))
                .on(
                        LibvirtProgram.DOMAIN_HAS_CURRENT_SNAPSHOT,
                        (_, args) ->
                                current(args, "virDomainHasCurrentSnapshot").isPresent())
                .on(LibvirtProgram.DOMAIN_SNAPSHOT_CURRENT, (_, args) -> current(args))
                .on(LibvirtProgram.DOMAIN_SNAPSHOT_GET_PARENT, (_, args) -> parent(args))
                .on(
                        LibvirtProgram.DOMAIN_SNAPSHOT_IS_CURRENT,
                        (_, args) ->
                                snapshot(args, "virDomainSnapshotIsCurrent").isCurrent())
                .on(LibvirtProgram.DOMAIN_SNAPSHOT_HAS_METADATA, (_, args) -> hasMetadata(args))
                .run(LibvirtProgram.DOMAIN_REVERT_TO_SNAPSHOT, (_, args) -> revert(args))
                .run(LibvirtProgram.DOMAIN_SNAPSHOT_DELETE, (_, args) -> delete(args));
    }

    private SnapshotRef create(SnapshotMessages.Create args) {
        var flags = SnapshotFlags.create(args.flags());
        Domain domain = host.domain(args.domain());
        Snapshot created = domain.snapshotCreate(SnapshotXml.read(args.xml()), Optional.empty(), flags);
        return new SnapshotRef(created.name(), Host.echo(domain, args.domain()));
    }

    private String xml(Client client, SnapshotMessages.SnapshotFlags args) {
        Flags.check(args.flags(), SECURE, "virDomainSnapshotGetXMLDesc");
        boolean secure = (args.flags() & SECURE) != 0;
        client.refuseSecrets(secure, ErrorDomain.DOMAIN_SNAPSHOT, "virDomainSnapshotGetXMLDesc");
        var definition = snapshot(args.snapshot()).definition();
        return SnapshotXml.write(secure ? definition : definition.withoutSecrets());
    }

    private SnapshotRef lookup(SnapshotMessages.Lookup args) {
        Flags.check(args.flags(), 0, "virDomainSnapshotLookupByName");
        Domain domain = host.domain(args.domain());
        return new SnapshotRef(domain.snapshot(args.name()).name(), Host.echo(domain, args.domain()));
    }

    private Optional<Snapshot> current(DomainMessages.DomainFlags args, String api) {
        Flags.check(args.flags(), 0, api);
        return host.domain(args.domain()).snapshots().stream()
                .filter(Snapshot::isCurrent)
                .findFirst();
    }

    private SnapshotRef current(DomainMessages.DomainFlags args) {
        return current(args, "virDomainSnapshotCurrent")
                .map(snapshot -> new SnapshotRef(snapshot.name(), args.domain()))
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN_SNAPSHOT, "the domain does not have a current snapshot"));
    }

    private SnapshotRef parent(SnapshotMessages.SnapshotFlags args) {
        return snapshot(args, "virDomainSnapshotGetParent")
                .parent()
                .map(name -> new SnapshotRef(name, args.snapshot().domain()))
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN_SNAPSHOT,
                        "snapshot '%s' does not have a parent"
                                .formatted(args.snapshot().name())));
    }

    /// One without is not known.
    private boolean hasMetadata(SnapshotMessages.SnapshotFlags args) {
        snapshot(args, "virDomainSnapshotHasMetadata");
        return true;
    }

    /// With a flag for it, the domain is started afterwards: it must be shut off to be reverted.
    private void revert(SnapshotMessages.SnapshotFlags args) {
        Flags.check(args.flags(), REVERT_RUNNING | REVERT_PAUSED, "virDomainRevertToSnapshot");
        boolean running = (args.flags() & REVERT_RUNNING) != 0;
        boolean paused = (args.flags() & REVERT_PAUSED) != 0;
        if (running && paused) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.DOMAIN_SNAPSHOT,
                    "flags 'RUNNING' and 'PAUSED' exclude each other");
        }
        Domain domain = host.domain(args.snapshot().domain());
        domain.snapshot(args.snapshot().name()).revert();
        if (running || paused) {
            var flags = EnumSet.noneOf(Domain.StartFlag.class);
            if (paused) {
                flags.add(Domain.StartFlag.PAUSED);
            }
            domain.start(flags);
        }
    }

    private void delete(SnapshotMessages.SnapshotFlags args) {
        deletions.delete(
                host.domain(args.snapshot().domain()), args.snapshot().name(), SnapshotFlags.delete(args.flags()));
    }

    private Snapshot snapshot(SnapshotMessages.SnapshotFlags args, String api) {
        Flags.check(args.flags(), 0, api);
        return snapshot(args.snapshot());
    }

    private Snapshot snapshot(SnapshotRef ref) {
        return host.domain(ref.domain()).snapshot(ref.name());
    }
}
