package org.virtkeep.rpc;

import java.util.UUID;

/// `remote_nonnull_network`. Only errors carry it here.
public record NetworkRef(String name, UUID uuid) {

    static final XdrCodec<NetworkRef> CODEC = XdrCodec.of(
            (network, out) -> out.string(network.name).uuid(network.uuid),
            in -> new NetworkRef(in.string(), in.uuid()));
}
