package org.virtkeep.nbd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.ByteRange;

/// One read of a [FleecedDevice]: the live disk, then what is in scratch, then those parts from scratch.
///
/// Each step begins when the one before has ended, on whatever thread ended it; no two run at once.
final class FleecedRead {
    private final ReadCall call;
    private final UpstreamDevice frozen;
    private final NbdSession live;
    private final NbdSession scratch;
    private final ReadCall now;
    private final List<ByteRange> saved = new ArrayList<>();
    private final List<ReadCall> old = new ArrayList<>();

    FleecedRead(ReadCall call, UpstreamDevice frozen, NbdSession live, NbdSession scratch) {
        this.call = call;
        this.frozen = frozen;
        this.live = live;
        this.scratch = scratch;
        this.now = new ReadCall(call.range(), call.target(), next(this::askScratch));
    }

    void start() {
        live.submit(now);
    }

    private void askScratch() {
        Completion both = new AllOf(2, next(this::readScratch));
        frozen.probe(both);
        askScratch(call.range().offset(), both);
    }

    /// Asks until the end of the call is known; a server may answer for less than it was asked.
    private void askScratch(long from, Completion then) {
        var range = new ByteRange(from, call.range().end() - from);
        var asked = new StatusCall[1];
        asked[0] = new StatusCall(range, List.of(ContextName.QEMU_ALLOCATION_DEPTH), failure -> {
            if (failure.isPresent()) {
                then.done(failure);
                return;
            }
            Extents depths = asked[0].extents().get(ContextName.QEMU_ALLOCATION_DEPTH);
            addSaved(depths);
            if (depths.end() < call.range().end()) {
                askScratch(depths.end(), then);
            } else {
                then.done(Optional.empty());
            }
        });
        scratch.submit(asked[0]);
    }

    private void addSaved(Extents depths) {
        for (Extent extent : depths.toList()) {
            long end = Math.min(extent.range().end(), call.range().end());
            if (extent.flags() != FleecedAllocation.UNALLOCATED) {
                saved.add(new ByteRange(
                        extent.range().offset(), end - extent.range().offset()));
            }
        }
    }

    private void readScratch() {
        if (saved.isEmpty()) {
            putTogether();
            return;
        }
        Completion all = new AllOf(saved.size(), next(this::putTogether));
        for (ByteRange range : saved) {
            int offset = (int) (range.offset() - call.range().offset());
            old.add(new ReadCall(range, call.target().part(offset, (int) range.length()), all));
        }
        old.forEach(scratch::submit);
    }

    private void putTogether() {
        try {
            long at = call.range().offset();
            for (ReadCall part : old) {
                arrived(now, at, part.range().offset());
                arrived(part, part.range().offset(), part.range().end());
                at = part.range().end();
            }
            arrived(now, at, call.range().end());
            call.checkWhole();
        } catch (NbdException.Protocol e) {
            call.fail(e);
            return;
        }
        call.succeed();
    }

    /// Passes on what `part` brought between two offsets.
    private void arrived(ReadCall part, long from, long to) throws NbdException.Protocol {
        for (ReadRuns.Run run : part.runs()) {
            long start = Math.max(from, part.range().offset() + run.offset());
            long end = Math.min(to, part.range().offset() + run.end());
            if (start < end) {
                call.arrived(start, end - start, run.hole());
            }
        }
    }

    private Completion next(Runnable step) {
        return failure -> failure.ifPresentOrElse(call::fail, step);
    }
}
