package org.virtkeep.daemon.procedures;

import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Metadata;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// What people and programs note about domains.
final class MetadataProcedures implements ProcedureGroup {
    // virDomainMetadataType.
    private static final int DESCRIPTION = 0;
    private static final int TITLE = 1;
    private static final int ELEMENT = 2;

    private final Host host;

    MetadataProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_GET_METADATA, (_, args) -> get(args))
                .run(LibvirtProgram.DOMAIN_SET_METADATA, (_, args) -> set(args));
    }

    private String get(DomainMessages.GetMetadata args) {
        Flags.check(args.flags(), Affects.MASK, "virDomainGetMetadata");
        if ((args.flags() & Affects.MASK) == Affects.MASK) {
            throw invalid("a note is read from the running domain or from its definition, not from both");
        }
        Domain domain = host.domain(args.domain());
        return domain.metadata(which(args.type(), args.namespaceUri()), place(args.flags()))
                .orElseThrow(() -> new VirtException(
                        ErrorCode.NO_DOMAIN_METADATA, ErrorDomain.DOMAIN, "Requested metadata element is not present"));
    }

    private void set(DomainMessages.SetMetadata args) {
        Flags.check(args.flags(), Affects.MASK, "virDomainSetMetadata");
        Domain domain = host.domain(args.domain());
        domain.setMetadata(which(args.type(), args.namespaceUri()), args.metadata(), args.key(), place(args.flags()));
    }

    private static Metadata which(int type, Optional<String> uri) {
        return switch (type) {
            case DESCRIPTION -> new Metadata.Description();
            case TITLE -> new Metadata.Title();
            case ELEMENT ->
                new Metadata.Element(uri.orElseThrow(() -> invalid("an element of the metadata needs its namespace")));
            default -> throw invalid("unknown metadata type '%d'".formatted(type));
        };
    }

    private static VirtException invalid(String message) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN, message);
    }

    private static Metadata.Place place(int flags) {
        return switch (flags & Affects.MASK) {
            case Affects.LIVE -> Metadata.Place.LIVE;
            case Affects.CONFIG -> Metadata.Place.CONFIG;
            case Affects.MASK -> Metadata.Place.LIVE_AND_CONFIG;
            default -> Metadata.Place.CURRENT;
        };
    }
}
