package org.virtkeep.rpc;

/// `remote_nonnull_domain_checkpoint`.
public record CheckpointRef(String name, DomainRef domain) {

    static final XdrCodec<CheckpointRef> CODEC = XdrCodec.of(
            (checkpoint, out) -> out.string(checkpoint.name).value(checkpoint.domain, DomainRef.CODEC),
            in -> new CheckpointRef(in.string(), DomainRef.CODEC.read(in)));
}
