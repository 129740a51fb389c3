package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.virtkeep.model.ByteRange;

/// A device in memory with holes, contexts and faults as a test wants them, which checks that the server keeps
/// its promises. Thread-safe once it is served.
final class MemoryDevice implements BlockDevice {
    private final byte[] content;
    private final String name;
    private final List<ByteRange> holes = new ArrayList<>();
    private final List<ByteRange> bad = new ArrayList<>();
    private final Map<ContextName, Extents> contexts = new LinkedHashMap<>();
    private final AtomicLong bytesInCalls = new AtomicLong();
    private final AtomicLong mostBytesInCalls = new AtomicLong();
    private final List<ByteRange> reads = Collections.synchronizedList(new ArrayList<>());
    private volatile Executor executor = Runnable::run;
    private volatile NbdException failure;
    private int alignment = 1;
    private int maximumRead = 1 << 20;

    MemoryDevice(String name, byte[] content) {
        this.name = name;
        this.content = content;
    }

    static MemoryDevice random(long seed, int bytes) {
        byte[] content = new byte[bytes];
        new SplittableRandom(seed).nextBytes(content);
        return new MemoryDevice("memory", content);
    }

    /// Reads as zeroes, and says so.
    MemoryDevice hole(long offset, long length) {
        holes.add(new ByteRange(offset, length));
        holes.sort(Comparator.naturalOrder());
        Arrays.fill(content, (int) offset, (int) (offset + length), (byte) 0);
        return this;
    }

    /// Reads that touch it fail with EIO.
    MemoryDevice bad(long offset, long length) {
        bad.add(new ByteRange(offset, length));
        return this;
    }

    MemoryDevice context(ContextName context, Extent... extents) {
        var builder = new Extents.Builder(0, extents.length);
        for (Extent extent : extents) {
            builder.add(extent.range().end(), extent.flags());
        }
        contexts.put(context, builder.build());
        return this;
    }

    MemoryDevice alignment(int bytes, int mostPerRead) {
        alignment = bytes;
        maximumRead = mostPerRead;
        return this;
    }

    /// Where calls end; without it, before they return to the server.
    MemoryDevice on(Executor answers) {
        executor = answers;
        return this;
    }

    void fail(NbdException cause) {
        failure = cause;
    }

    byte[] content() {
        return content;
    }

    byte[] content(ByteRange range) {
        return Arrays.copyOfRange(content, (int) range.offset(), (int) range.end());
    }

    /// The most data that was asked for at one time.
    long mostBytesInCalls() {
        return mostBytesInCalls.get();
    }

    /// What was asked for, in order.
    List<ByteRange> reads() {
        return List.copyOf(reads);
    }

    @Override
    public ExportInfo info() {
        return new ExportInfo(name, content.length, true, true, BlockSizes.DEFAULT, List.copyOf(contexts.keySet()));
    }

    @Override
    public int alignment() {
        return alignment;
    }

    @Override
    public int maximumRead() {
        return maximumRead;
    }

    @Override
    public Optional<NbdException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void read(ReadCall call) {
        check(call.range());
        reads.add(call.range());
        long now = bytesInCalls.addAndGet(call.range().length());
        mostBytesInCalls.accumulateAndGet(now, Math::max);
        executor.execute(() -> {
            bytesInCalls.addAndGet(-call.range().length());
            answer(call);
        });
    }

    @Override
    public void blockStatus(StatusCall call) {
        executor.execute(() -> {
            try {
                for (ContextName context : call.contexts()) {
                    call.arrived(context, contexts.get(context));
                }
            } catch (NbdException.Protocol e) {
                throw new AssertionError(e);
            }
            call.succeed();
        });
    }

    @Override
    public void close() {}

    private void check(ByteRange range) {
        boolean aligned =
                range.offset() % alignment == 0 && (range.length() % alignment == 0 || range.end() == content.length);
        if (!aligned || range.length() > maximumRead || range.isEmpty() || range.end() > content.length) {
            throw new AssertionError("the server asked for " + range);
        }
    }

    private void answer(ReadCall call) {
        if (failure != null) {
            call.fail(failure);
        } else if (bad.stream().anyMatch(range -> overlaps(range, call.range()))) {
            call.fail(new NbdException.Refused(NbdError.EIO, "bad sector"));
        } else {
            fill(call);
        }
    }

    private void fill(ReadCall call) {
        try {
            long at = call.range().offset();
            for (ByteRange hole : holes) {
                if (overlaps(hole, call.range())) {
                    long start = Math.max(hole.offset(), at);
                    data(call, at, start);
                    at = Math.min(hole.end(), call.range().end());
                    call.arrived(start, at - start, true);
                }
            }
            data(call, at, call.range().end());
            call.finish();
        } catch (NbdException.Protocol e) {
            throw new AssertionError(e);
        }
    }

    private void data(ReadCall call, long from, long to) throws NbdException.Protocol {
        if (from < to) {
            call.arrived(from, to - from, false);
            call.target()
                    .put((int) (from - call.range().offset()), ByteBuffer.wrap(content, (int) from, (int) (to - from)));
        }
    }

    private static boolean overlaps(ByteRange a, ByteRange b) {
        return a.offset() < b.end() && b.offset() < a.end();
    }
}
