package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.virtkeep.model.ByteRange;

/// A read-only image in memory; runs of 4 KiB of zeros are holes.
final class ArrayImage implements ServedImage {
    private static final int HOLE_BYTES = 4096;

    final byte[] content;
    volatile boolean broken;

    ArrayImage(byte[] content) {
        this.content = content;
    }

    /// Noise with some holes.
    static ArrayImage random(long seed, int bytes) {
        var random = new SplittableRandom(seed);
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        for (int hole = 0; hole < 10; hole++) {
            int from = random.nextInt(bytes);
            Arrays.fill(content, from, Math.min(bytes, from + random.nextInt(200_000)), (byte) 0);
        }
        return new ArrayImage(content);
    }

    @Override
    public long sizeBytes() {
        return content.length;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        if (broken) {
            throw new IOException("chunk 17 is damaged");
        }
        into.put(content, (int) offset, into.remaining());
    }

    @Override
    public List<Extent> allocation(ByteRange range) {
        var extents = new ArrayList<Extent>();
        for (long at = range.offset(); at < range.end() && extents.size() < 100; ) {
            long end = Math.min(range.end(), (at / HOLE_BYTES + 1) * HOLE_BYTES);
            extents.add(new Extent(new ByteRange(at, end - at), isZero((int) at, (int) end) ? 3 : 0));
            at = end;
        }
        return extents;
    }

    private boolean isZero(int from, int end) {
        for (int at = from; at < end; at++) {
            if (content[at] != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {}
}
