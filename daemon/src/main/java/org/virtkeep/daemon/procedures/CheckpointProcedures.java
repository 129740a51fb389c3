package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.Domain;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.CheckpointMessages;
import org.virtkeep.rpc.CheckpointRef;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Checkpoints.
final class CheckpointProcedures implements ProcedureGroup {
    private static final EnumSet<CheckpointFilter> OF_DOMAIN =
            EnumSet.complementOf(EnumSet.of(CheckpointFilter.DESCENDANTS));
    private static final EnumSet<CheckpointFilter> OF_CHECKPOINT =
            EnumSet.complementOf(EnumSet.of(CheckpointFilter.ROOTS));

    private final Host host;

    CheckpointProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_CHECKPOINT_CREATE_XML, (_, args) -> create(args))
                .on(LibvirtProgram.DOMAIN_CHECKPOINT_GET_XML_DESC, this::xml)
                .on(LibvirtProgram.DOMAIN_LIST_ALL_CHECKPOINTS, (_, args) -> list(args))
                .on(LibvirtProgram.DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN, (_, args) -> children(args))
                .on(LibvirtProgram.DOMAIN_CHECKPOINT_LOOKUP_BY_NAME, (_, args) -> lookup(args))
                .on(LibvirtProgram.DOMAIN_CHECKPOINT_GET_PARENT, (_, args) -> parent(args))
                .run(LibvirtProgram.DOMAIN_CHECKPOINT_DELETE, (_, args) -> delete(args));
    }

    private CheckpointRef create(CheckpointMessages.Create args) {
        var flags = Flags.of(
                args.flags(),
                Domain.CheckpointCreateFlag.class,
                Domain.CheckpointCreateFlag::wireValue,
                "virDomainCheckpointCreateXML");
        Domain domain = host.domain(args.domain());
        Checkpoint created = domain.checkpointCreate(CheckpointXml.read(args.xml()), flags);
        return new CheckpointRef(created.name(), Host.echo(domain, args.domain()));
    }

    private String xml(Client client, CheckpointMessages.CheckpointFlags args) {
        var flags = Flags.of(
                args.flags(), Checkpoint.XmlFlag.class, Checkpoint.XmlFlag::wireValue, "virDomainCheckpointGetXMLDesc");
        client.refuseSecrets(
                flags.contains(Checkpoint.XmlFlag.SECURE),
                ErrorDomain.DOMAIN_CHECKPOINT,
                "virDomainCheckpointGetXMLDesc");
        return checkpoint(args.checkpoint()).xml(flags);
    }

    private CheckpointMessages.CheckpointList list(CheckpointMessages.ListAll args) {
        var filters = Flags.of(args.flags(), OF_DOMAIN, CheckpointFilter::wireValue, "virDomainListAllCheckpoints");
        Domain domain = host.domain(args.domain());
        return reply(domain.checkpoints(filters), Host.echo(domain, args.domain()), args.wantResults());
    }

    private CheckpointMessages.CheckpointList children(CheckpointMessages.ListChildren args) {
        Set<CheckpointFilter> filters = Flags.of(
                args.flags(), OF_CHECKPOINT, CheckpointFilter::wireValue, "virDomainCheckpointListAllChildren");
        CheckpointRef parent = args.checkpoint();
        return reply(checkpoint(parent).children(filters), parent.domain(), args.wantResults());
    }

    private static CheckpointMessages.CheckpointList reply(
            List<Checkpoint> found, DomainRef domain, boolean wantResults) {
        List<CheckpointRef> refs = wantResults
                ? found.stream()
                        .map(each -> new CheckpointRef(each.name(), domain))
                        .toList()
                : List.of();
        return new CheckpointMessages.CheckpointList(refs, found.size());
    }

    private CheckpointRef lookup(CheckpointMessages.Lookup args) {
        Flags.check(args.flags(), 0, "virDomainCheckpointLookupByName");
        Domain domain = host.domain(args.domain());
        return new CheckpointRef(domain.checkpoint(args.name()).name(), Host.echo(domain, args.domain()));
    }

    private CheckpointRef parent(CheckpointMessages.CheckpointFlags args) {
        Flags.check(args.flags(), 0, "virDomainCheckpointGetParent");
        Optional<String> parent = checkpoint(args.checkpoint()).parent();
        return new CheckpointRef(
                parent.orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN_CHECKPOINT,
                        "checkpoint '%s' does not have a parent"
                                .formatted(args.checkpoint().name()))),
                args.checkpoint().domain());
    }

    private void delete(CheckpointMessages.CheckpointFlags args) {
        var flags = Flags.of(
                args.flags(),
                Checkpoint.DeleteFlag.class,
                Checkpoint.DeleteFlag::wireValue,
                "virDomainCheckpointDelete");
        checkpoint(args.checkpoint()).delete(flags);
    }

    private Checkpoint checkpoint(CheckpointRef ref) {
        return host.domain(ref.domain()).checkpoint(ref.name());
    }
}
