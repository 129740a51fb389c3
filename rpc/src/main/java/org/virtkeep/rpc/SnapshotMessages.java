package org.virtkeep.rpc;

import java.util.List;

/// Arguments and replies about snapshots.
public final class SnapshotMessages {
    private SnapshotMessages() {}

    /// @param xml   `<domainsnapshot>`
    /// @param flags `virDomainSnapshotCreateFlags`
    public record Create(DomainRef domain, String xml, int flags) {
        static final XdrCodec<Create> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).string(it.xml).int32(it.flags),
                in -> new Create(DomainRef.CODEC.read(in), in.string(), in.int32()));
    }

    public record SnapshotFlags(SnapshotRef snapshot, int flags) {
        static final XdrCodec<SnapshotFlags> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.snapshot, SnapshotRef.CODEC).int32(it.flags),
                in -> new SnapshotFlags(SnapshotRef.CODEC.read(in), in.int32()));
    }

    /// @param wantResults false asks for the count alone
    /// @param flags       `virDomainSnapshotListFlags`
    public record ListAll(DomainRef domain, boolean wantResults, int flags) {
        static final XdrCodec<ListAll> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .bool(it.wantResults)
                        .int32(it.flags),
                in -> new ListAll(DomainRef.CODEC.read(in), in.bool(), in.int32()));
    }

    public record ListChildren(SnapshotRef snapshot, boolean wantResults, int flags) {
        static final XdrCodec<ListChildren> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.snapshot, SnapshotRef.CODEC)
                        .bool(it.wantResults)
                        .int32(it.flags),
                in -> new ListChildren(SnapshotRef.CODEC.read(in), in.bool(), in.int32()));
    }

    /// In no particular order.
    ///
    /// @param count how many there are, also when they were not asked for
    public record SnapshotList(List<SnapshotRef> snapshots, int count) {
        static final XdrCodec<SnapshotList> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.snapshots, Limits.OBJECTS, SnapshotRef.CODEC)
                        .int32(it.count),
                in -> new SnapshotList(in.list(Limits.OBJECTS, SnapshotRef.CODEC), in.int32()));

        public SnapshotList {
            snapshots = List.copyOf(snapshots);
        }
    }

    /// @param room how many names the client has room for
    public record ListNames(DomainRef domain, int room, int flags) {
        static final XdrCodec<ListNames> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).int32(it.room).int32(it.flags),
                in -> new ListNames(DomainRef.CODEC.read(in), in.int32(), in.int32()));
    }

    /// @param room how many names the client has room for
    public record ListChildrenNames(SnapshotRef snapshot, int room, int flags) {
        static final XdrCodec<ListChildrenNames> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.snapshot, SnapshotRef.CODEC).int32(it.room).int32(it.flags),
                in -> new ListChildrenNames(SnapshotRef.CODEC.read(in), in.int32(), in.int32()));
    }

    public record Lookup(DomainRef domain, String name, int flags) {
        static final XdrCodec<Lookup> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).string(it.name).int32(it.flags),
                in -> new Lookup(DomainRef.CODEC.read(in), in.string(), in.int32()));
    }
}
