package org.virtkeep.nbd;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// Finds out which parts of a fleeced disk read as zeroes. Thread-safe. Owns its two connections.
///
/// First the live disk is asked, then the scratch image. What the live disk said was zero, and of which no old content
/// was in scratch even later, had not been overwritten when the live disk was asked, or was zero before it was: either
/// way it was zero at the frozen instant. Everything else is taken for data, which is never wrong.
final class FleecedAllocation implements AutoCloseable {
    private static final int ZERO = ContextName.STATE_HOLE | ContextName.STATE_ZERO;
    private static final int UNALLOCATED = 0;

    private final NbdSession live;
    private final NbdSession scratch;

    private FleecedAllocation(NbdSession live, NbdSession scratch) {
        this.live = live;
        this.scratch = scratch;
    }

    /// @throws NbdException if one of the two cannot be reached or lacks its context; nothing is left open then
    static FleecedAllocation connect(RelayedExport export, RelayedExport.Fleecing fleecing, Deadline deadline)
            throws NbdException {
        NbdSession live = connect(export, fleecing.liveExport(), ContextName.BASE_ALLOCATION, deadline);
        try {
            return new FleecedAllocation(
                    live, connect(export, fleecing.scratchExport(), ContextName.QEMU_ALLOCATION_DEPTH, deadline));
        } catch (NbdException e) {
            live.close();
            throw e;
        }
    }

    private static NbdSession connect(RelayedExport export, String name, ContextName context, Deadline deadline)
            throws NbdException {
        var address = new NbdAddress.Unix(export.upstreamSocket().toString());
        try (var negotiation = NbdNegotiation.connect(address, deadline)) {
            if (negotiation.requestContexts(name, List.of(context)).isEmpty()) {
                throw new NbdException.Refused(
                        NbdError.EINVAL,
                        "export '%s' of '%s' has no context '%s'".formatted(name, export.upstreamSocket(), context));
            }
            return negotiation.go(name);
        }
    }

    /// Asks for `range`, or a part from its start.
    ///
    /// @param done gets a failure or the extents, as `base:allocation` has them
    void ask(ByteRange range, BiConsumer<Optional<NbdException>, Extents> done) {
        var first = new StatusCall[1];
        first[0] = new StatusCall(range, List.of(ContextName.BASE_ALLOCATION), failure -> {
            if (failure.isPresent()) {
                done.accept(failure, null);
            } else {
                askScratch(first[0].extents().get(ContextName.BASE_ALLOCATION), range, done);
            }
        });
        live.submit(first[0]);
    }

    private void askScratch(Extents now, ByteRange range, BiConsumer<Optional<NbdException>, Extents> done) {
        var known = new ByteRange(range.offset(), Math.min(now.end(), range.end()) - range.offset());
        var second = new StatusCall[1];
        second[0] = new StatusCall(known, List.of(ContextName.QEMU_ALLOCATION_DEPTH), failure -> {
            if (failure.isPresent()) {
                done.accept(failure, null);
            } else {
                Extents saved = second[0].extents().get(ContextName.QEMU_ALLOCATION_DEPTH);
                done.accept(Optional.empty(), combine(now, saved, known));
            }
        });
        scratch.submit(second[0]);
    }

    /// @param now   of the live disk, in `base:allocation`
    /// @param saved of the scratch image, in `qemu:allocation-depth`
    static Extents combine(Extents now, Extents saved, ByteRange range) {
        List<Extent> zeroes = now.toList();
        List<Extent> depths = saved.toList();
        long end = Math.min(range.end(), Math.min(now.end(), saved.end()));
        var combined = new Extents.Builder(range.offset(), zeroes.size() + depths.size());
        int i = 0;
        int j = 0;
        while (combined.end() < end) {
            Extent zero = zeroes.get(i);
            Extent depth = depths.get(j);
            boolean isZero = (zero.flags() & ContextName.STATE_ZERO) != 0 && depth.flags() == UNALLOCATED;
            long until =
                    Math.min(end, Math.min(zero.range().end(), depth.range().end()));
            combined.add(until, isZero ? ZERO : 0);
            i += zero.range().end() <= until ? 1 : 0;
            j += depth.range().end() <= until ? 1 : 0;
        }
        return combined.build();
    }

    /// Why nothing can be found out any more; empty while it can.
    Optional<NbdException> failure() {
        return live.failure().or(scratch::failure);
    }

    void close(Deadline deadline) {
        live.close(deadline);
        scratch.close(deadline);
    }

    @Override
    public void close() {
        live.close();
        scratch.close();
    }
}
