package org.virtkeep.nbd;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

/// Block status that was asked for before. Right for ever, because an export of the relay is frozen.
/// Thread-safe.
final class StatusCache {
    /// 12 bytes each, for all contexts together.
    private static final int MAXIMUM_EXTENTS = 512 << 10;

    // Guarded by this. Newest first.
    private final Deque<Map<ContextName, Extents>> known = new ArrayDeque<>();
    private int extents;

    /// A reply that says something about `offset` in every context.
    synchronized Optional<Map<ContextName, Extents>> find(long offset) {
        return known.stream()
                .filter(reply ->
                        reply.values().stream().allMatch(part -> part.start() <= offset && offset < part.end()))
                .findFirst();
    }

    /// @param reply not empty
    synchronized void add(Map<ContextName, Extents> reply) {
        known.addFirst(reply);
        extents += count(reply);
        while (extents > MAXIMUM_EXTENTS && known.size() > 1) {
            extents -= count(known.removeLast());
        }
    }

    private static int count(Map<ContextName, Extents> reply) {
        return reply.values().stream().mapToInt(Extents::count).sum();
    }
}
