package org.virtkeep.nbd;

import java.util.ArrayList;
import java.util.List;

/// Which bytes of a read have arrived, and whether as data or as a hole. Not thread-safe.
final class ReadRuns {
    /// A server should not use chunks below 512 bytes; more than that, and some for the ends, is an attack.
    private static final int BYTES_PER_RUN = 512;

    private static final int SPARE_RUNS = 16;

    /// Neighbours of the same kind are one run. Offsets are relative to the read.
    record Run(int offset, int length, boolean hole) {
        int end() {
            return offset + length;
        }
    }

    private final int length;
    private final List<Run> runs = new ArrayList<>(1);
    private int covered;

    ReadRuns(int length) {
        this.length = length;
    }

    /// @throws NbdException.Protocol if the run is empty, leaves the read, overlaps an earlier one, or is one of
    ///     too many
    void add(long offset, long count, boolean hole) throws NbdException.Protocol {
        if (count < 1 || offset < 0 || count > length || offset > length - count) {
            throw new NbdException.Protocol("a chunk of %d bytes at %d lies outside of the %d bytes that were asked for"
                    .formatted(count, offset, length));
        }
        var run = new Run((int) offset, (int) count, hole);
        int at = insertionPoint(run);
        if (at > 0 && runs.get(at - 1).end() > run.offset || at < runs.size() && runs.get(at).offset < run.end()) {
            throw new NbdException.Protocol(
                    "a chunk of %d bytes at %d overlaps an earlier one".formatted(count, offset));
        }
        covered += run.length;
        insert(at, run);
        if (runs.size() > length / BYTES_PER_RUN + SPARE_RUNS) {
            throw new NbdException.Protocol("a read of %d bytes came in too many chunks".formatted(length));
        }
    }

    /// True when every byte has arrived.
    boolean complete() {
        return covered == length;
    }

    /// In order of their offsets.
    List<Run> runs() {
        return runs;
    }

    private int insertionPoint(Run run) {
        int at = runs.size();
        while (at > 0 && runs.get(at - 1).offset > run.offset) {
            at--;
        }
        return at;
    }

    private void insert(int at, Run run) {
        if (at > 0 && runs.get(at - 1).end() == run.offset && runs.get(at - 1).hole == run.hole) {
            Run before = runs.get(at - 1);
            runs.set(at - 1, new Run(before.offset, before.length + run.length, run.hole));
        } else {
            runs.add(at, run);
        }
    }
}
