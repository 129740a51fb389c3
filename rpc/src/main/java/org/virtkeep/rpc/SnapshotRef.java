package org.virtkeep.rpc;

/// `remote_nonnull_domain_snapshot`.
public record SnapshotRef(String name, DomainRef domain) {

    static final XdrCodec<SnapshotRef> CODEC = XdrCodec.of(
            (snapshot, out) -> out.string(snapshot.name).value(snapshot.domain, DomainRef.CODEC),
            in -> new SnapshotRef(in.string(), DomainRef.CODEC.read(in)));
}
