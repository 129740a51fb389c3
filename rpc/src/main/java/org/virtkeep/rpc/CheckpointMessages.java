package org.virtkeep.rpc;

import java.util.List;

/// Arguments and replies about checkpoints.
public final class CheckpointMessages {
    private CheckpointMessages() {}

    /// @param xml   `<domaincheckpoint>`
    /// @param flags 1 redefine, 2 quiesce, 4 validate what is redefined
    public record Create(DomainRef domain, String xml, int flags) {
        static final XdrCodec<Create> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).string(it.xml).int32(it.flags),
                in -> new Create(DomainRef.CODEC.read(in), in.string(), in.int32()));
    }

    public record CheckpointFlags(CheckpointRef checkpoint, int flags) {
        static final XdrCodec<CheckpointFlags> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.checkpoint, CheckpointRef.CODEC).int32(it.flags),
                in -> new CheckpointFlags(CheckpointRef.CODEC.read(in), in.int32()));
    }

    /// @param wantResults false asks for the count alone
    /// @param flags       `virDomainCheckpointListFlags`
    public record ListAll(DomainRef domain, boolean wantResults, int flags) {
        static final XdrCodec<ListAll> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .bool(it.wantResults)
                        .int32(it.flags),
                in -> new ListAll(DomainRef.CODEC.read(in), in.bool(), in.int32()));
    }

    public record ListChildren(CheckpointRef checkpoint, boolean wantResults, int flags) {
        static final XdrCodec<ListChildren> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.checkpoint, CheckpointRef.CODEC)
                        .bool(it.wantResults)
                        .int32(it.flags),
                in -> new ListChildren(CheckpointRef.CODEC.read(in), in.bool(), in.int32()));
    }

    /// In no particular order.
    ///
    /// @param count how many there are, also when they were not asked for
    public record CheckpointList(List<CheckpointRef> checkpoints, int count) {
        static final XdrCodec<CheckpointList> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.checkpoints, Limits.OBJECTS, CheckpointRef.CODEC)
                        .int32(it.count),
                in -> new CheckpointList(in.list(Limits.OBJECTS, CheckpointRef.CODEC), in.int32()));

        public CheckpointList {
            checkpoints = List.copyOf(checkpoints);
        }
    }

    public record Lookup(DomainRef domain, String name, int flags) {
        static final XdrCodec<Lookup> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).string(it.name).int32(it.flags),
                in -> new Lookup(DomainRef.CODEC.read(in), in.string(), in.int32()));
    }
}
