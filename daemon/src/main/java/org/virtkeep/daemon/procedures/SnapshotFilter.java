package org.virtkeep.daemon.procedures;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.SnapshotDefinition;

/// Which snapshots a listing shows, by libvirt's bits (`virDomainSnapshotListFlags`): bits of one group are
/// alternatives, and all groups must hold. All snapshots have metadata and are external. Immutable.
///
/// @param scope where the listing looks, which decides what bit 1 means
/// @param bits  that the caller sent
record SnapshotFilter(Scope scope, int bits) {
    private static final int ROOTS_OR_DESCENDANTS = 1;
    private static final int METADATA = 1 << 1;
    private static final int LEAVES = 1 << 2;
    private static final int NO_LEAVES = 1 << 3;
    private static final int NO_METADATA = 1 << 4;
    private static final int INACTIVE = 1 << 5;
    private static final int ACTIVE = 1 << 6;
    private static final int DISK_ONLY = 1 << 7;
    private static final int INTERNAL = 1 << 8;
    private static final int EXTERNAL = 1 << 9;
    private static final int TOPOLOGICAL = 1 << 10;

    /// All that a listing may ask for. The order is topological whether asked for or not.
    private static final int KNOWN = 2 * TOPOLOGICAL - 1;

    /// What is listed.
    sealed interface Scope {
        /// The snapshots of a domain; with bit 1 only those without a parent.
        record OfDomain() implements Scope {}

        /// What follows a snapshot; with bit 1 not only directly.
        record OfSnapshot(String name) implements Scope {}
    }

    /// One snapshot as the filter sees it, read once.
    private record Row(Snapshot snapshot, Optional<String> parent, Optional<String> state) {}

    /// @param api for the refusal of unknown bits
    static SnapshotFilter of(Scope scope, int bits, String api) {
        Flags.check(bits, KNOWN, api);
        return new SnapshotFilter(scope, bits);
    }

    /// Those of `all` that pass, parents before children.
    ///
    /// @param all the domain's snapshots, parents before children
    List<Snapshot> apply(List<Snapshot> all) {
        List<Row> rows = all.stream().map(SnapshotFilter::row).toList();
        return rows.stream()
                .filter(row -> inScope(row, rows) && isRightKind(row, rows))
                .map(Row::snapshot)
                .toList();
    }

    private static Row row(Snapshot snapshot) {
        SnapshotDefinition definition = snapshot.definition();
        return new Row(snapshot, definition.parent(), definition.state());
    }

    private boolean inScope(Row row, List<Row> all) {
        return switch (scope) {
            case Scope.OfDomain() -> !has(ROOTS_OR_DESCENDANTS) || row.parent.isEmpty();
            case Scope.OfSnapshot(String name) ->
                has(ROOTS_OR_DESCENDANTS)
                        ? follows(row, name, all)
                        : row.parent.filter(name::equals).isPresent();
        };
    }

    private static boolean follows(Row row, String ancestor, List<Row> all) {
        Optional<String> parent = row.parent;
        for (int steps = 0; parent.isPresent() && steps <= all.size(); steps++) {
            String name = parent.get();
            if (name.equals(ancestor)) {
                return true;
            }
            parent = all.stream()
                    .filter(each -> each.snapshot.name().equals(name))
                    .findFirst()
                    .flatMap(Row::parent);
        }
        return false;
    }

    private boolean isRightKind(Row row, List<Row> all) {
        String name = row.snapshot.name();
        boolean leaf =
                all.stream().noneMatch(each -> each.parent.filter(name::equals).isPresent());
        boolean diskOnly =
                row.state.filter(SnapshotDefinition.DISKS_ONLY::equals).isPresent();
        boolean inactive = row.state.filter(SnapshotDefinition.SHUT_OFF::equals).isPresent();
        return group(METADATA, true, NO_METADATA, false)
                && group(LEAVES, leaf, NO_LEAVES, !leaf)
                && (!has(INACTIVE | ACTIVE | DISK_ONLY)
                        || has(INACTIVE) && inactive
                        || has(DISK_ONLY) && diskOnly
                        || has(ACTIVE) && !inactive && !diskOnly)
                && group(INTERNAL, false, EXTERNAL, true);
    }

    /// @return true if neither bit was sent, or one that holds
    private boolean group(int bit, boolean holds, int otherBit, boolean otherHolds) {
        return !has(bit | otherBit) || has(bit) && holds || has(otherBit) && otherHolds;
    }

    /// True for any of `mask`.
    private boolean has(int mask) {
        return (bits & mask) != 0;
    }
}
