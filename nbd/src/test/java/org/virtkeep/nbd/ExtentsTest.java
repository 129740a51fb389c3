package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.ByteRange;
import org.virtkeep.testkit.Property;

class ExtentsTest {

    @Test
    void whatIsEncodedIsWhatWasBuilt() {
        Property.forAll(500, random -> {
            int[] model = model(random);
            var extents = build(model);
            int from = random.nextInt(model.length);
            var range = new ByteRange(from, random.nextInt(1, 2 * model.length));
            int most = random.nextInt(1, 10);

            assertThat(extents.countIn(range)).isEqualTo(changes(model, from, range.end()));
            var out = ByteBuffer.allocate(most * Extents.WIRE_BYTES);
            extents.encode(range, most, out);
            out.flip();
            int at = from;
            while (out.hasRemaining()) {
                int length = out.getInt();
                int flags = out.getInt();
                for (int i = 0; i < length; i++) {
                    assertThat(model[at++]).isEqualTo(flags);
                }
            }
            assertThat(at).isGreaterThan(from).isLessThanOrEqualTo((int) range.end());
        });
    }

    @Test
    void changedFlagsMergeNeighbours() {
        var extents = build(new int[] {0, 1, 1, 0, 3, 3});
        assertThat(extents.withFlags(flags -> flags == 1 ? 0 : flags).toList())
                .isEqualTo(List.of(new Extent(new ByteRange(0, 4), 0), new Extent(new ByteRange(4, 2), 3)));
    }

    private static int[] model(SplittableRandom random) {
        int[] model = new int[random.nextInt(1, 200)];
        int value = 0;
        for (int i = 0; i < model.length; i++) {
            value = random.nextInt(4) == 0 ? random.nextInt(3) : value;
            model[i] = value;
        }
        return model;
    }

    private static Extents build(int[] model) {
        var builder = new Extents.Builder(0, model.length);
        for (int i = 0; i < model.length; i++) {
            builder.add(i + 1, model[i]);
        }
        return builder.build();
    }

    private static int changes(int[] model, int from, long to) {
        int count = 1;
        for (int i = from + 1; i < Math.min(to, model.length); i++) {
            count += model[i] == model[i - 1] ? 0 : 1;
        }
        return count;
    }
}
