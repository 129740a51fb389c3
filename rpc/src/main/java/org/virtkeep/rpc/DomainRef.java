package org.virtkeep.rpc;

import java.util.UUID;

/// `remote_nonnull_domain`: how a domain is named on the wire. Servers look at the UUID alone.
///
/// @param id -1 while the domain is shut off
public record DomainRef(String name, UUID uuid, int id) {

    /// The id of a domain that is shut off.
    public static final int NO_ID = -1;

    static final XdrCodec<DomainRef> CODEC = XdrCodec.of(
            (domain, out) -> out.string(domain.name).uuid(domain.uuid).int32(domain.id),
            in -> new DomainRef(in.string(), in.uuid(), in.int32()));
}
