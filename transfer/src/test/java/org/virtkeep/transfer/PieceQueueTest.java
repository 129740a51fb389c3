package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.ByteRange;

class PieceQueueTest {
    private static final int CHUNK = 4096;
    private static final int SECTOR = 512;

    /// Every wanted chunk is in exactly one piece, in order; one is called zero only if all of it is.
    @Test
    void coversWhatIsWantedAndNothingElse() throws IOException {
        long seed = Long.getLong("property.seed", System.nanoTime());
        for (int run = 0; run < 200; run++) {
            check(new SplittableRandom(seed + run), "seed " + (seed + run));
        }
    }

    private static void check(SplittableRandom random, String seed) throws IOException {
        int sectors = random.nextInt(1, 2000);
        var wanted = new BitSet(sectors);
        var zero = new BitSet(sectors);
        fill(wanted, sectors, random);
        fill(zero, sectors, random);
        var queue = new PieceQueue(
                (range, visitor) -> visit(range, wanted, zero, sectors, visitor), sectors * 512L, CHUNK, 4);
        int perChunk = CHUNK / SECTOR;
        var seen = new BitSet();
        long last = -1;
        for (Optional<Piece> next = queue.next(); next.isPresent(); next = queue.next()) {
            Piece piece = next.get();
            assertThat(piece.first()).as(seed).isGreaterThan(last);
            assertThat(piece.zero() || piece.count() <= 4).as(seed).isTrue();
            for (long chunk = piece.first(); chunk < piece.first() + piece.count(); chunk++) {
                int from = (int) chunk * perChunk;
                int to = Math.min(sectors, from + perChunk);
                assertThat(zero.get(from, to).cardinality() == to - from)
                        .as(seed)
                        .isEqualTo(piece.zero());
                seen.set((int) chunk);
                last = chunk;
            }
        }
        for (int chunk = 0; chunk * perChunk < sectors; chunk++) {
            int end = Math.min(sectors, (chunk + 1) * perChunk);
            boolean any = !wanted.get(chunk * perChunk, end).isEmpty();
            assertThat(seen.get(chunk)).as("chunk %d, %s", chunk, seed).isEqualTo(any);
        }
    }

    private static void fill(BitSet bits, int sectors, SplittableRandom random) {
        for (int at = 0; at < sectors; ) {
            int length = random.nextInt(1, 60);
            bits.set(at, Math.min(sectors, at + length), random.nextBoolean());
            at += length;
        }
    }

    private static void visit(ByteRange range, BitSet wanted, BitSet zero, int sectors, PieceQueue.Visitor visitor) {
        for (int at = (int) (range.offset() / SECTOR); at < Math.min(sectors, range.end() / SECTOR); at++) {
            visitor.extent(new ByteRange((long) at * SECTOR, SECTOR), wanted.get(at), zero.get(at));
        }
    }
}
