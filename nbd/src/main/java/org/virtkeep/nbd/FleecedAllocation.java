package org.virtkeep.nbd;

import java.util.List;
import java.util.Map;
import org.virtkeep.model.ByteRange;

/// Finds out which parts of a fleeced disk read as zeroes. Thread-safe. Does not own the sessions.
///
/// First the live disk is asked, then the scratch image. What the live disk said was zero, and of which no old content
/// was in scratch even later, had not been overwritten when the live disk was asked, or was zero before it was: either
/// way it was zero at the frozen instant. Everything else is taken for data, which is never wrong.
final class FleecedAllocation {
    /// `qemu:allocation-depth` of what is not in the image.
    static final int UNALLOCATED = 0;

    private static final int ZERO = ContextName.STATE_HOLE | ContextName.STATE_ZERO;

    private final UpstreamDevice frozen;
    private final NbdSession live;
    private final NbdSession scratch;
    private final StatusCache cache = new StatusCache();

    FleecedAllocation(UpstreamDevice frozen, NbdSession live, NbdSession scratch) {
        this.frozen = frozen;
        this.live = live;
        this.scratch = scratch;
    }

    /// Answers a call for `base:allocation` alone, from memory if possible.
    void blockStatus(StatusCall call) {
        var cached = cache.find(call.range().offset());
        if (cached.isPresent()) {
            call.succeed(cached.get());
            return;
        }
        int alignment = Math.max(
                live.info().blockSizes().minimum(), scratch.info().blockSizes().minimum());
        ByteRange range =
                StatusWindow.around(call.range(), alignment, live.info().sizeBytes());
        var first = new StatusCall[1];
        first[0] = new StatusCall(range, List.of(ContextName.BASE_ALLOCATION), failure -> {
            failure.ifPresentOrElse(
                    call::fail, () -> askScratch(first[0].extents().get(ContextName.BASE_ALLOCATION), range, call));
        });
        live.submit(first[0]);
    }

    private void askScratch(Extents now, ByteRange range, StatusCall call) {
        var known = new ByteRange(range.offset(), Math.min(now.end(), range.end()) - range.offset());
        var second = new StatusCall[1];
        Completion both = new AllOf(
                2,
                failure -> failure.ifPresentOrElse(call::fail, () -> {
                    Extents saved = second[0].extents().get(ContextName.QEMU_ALLOCATION_DEPTH);
                    var reply = Map.of(ContextName.BASE_ALLOCATION, combine(now, saved, known));
                    cache.add(reply);
                    call.succeed(reply);
                }));
        second[0] = new StatusCall(known, List.of(ContextName.QEMU_ALLOCATION_DEPTH), both);
        frozen.probe(both);
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
}
