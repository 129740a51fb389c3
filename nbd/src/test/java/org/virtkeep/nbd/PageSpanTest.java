package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.virtkeep.testkit.Property;

class PageSpanTest {

    @Test
    void behavesLikeOneArray() {
        Property.forAll(200, random -> {
            int pageBytes = random.nextInt(1, 50);
            int length = random.nextInt(1, 300);
            var pages = new ArrayList<ByteBuffer>();
            for (int at = 0; at < length; at += pageBytes) {
                pages.add(ByteBuffer.allocate(pageBytes));
            }
            var span = new PageSpan(pages, pageBytes, length);
            byte[] model = new byte[length];
            for (int step = 0; step < 20; step++) {
                int offset = random.nextInt(length);
                int count = random.nextInt(length - offset + 1);
                if (random.nextInt(4) == 0) {
                    span.zero(offset, count);
                    Arrays.fill(model, offset, offset + count, (byte) 0);
                } else {
                    byte[] bytes = new byte[count];
                    random.nextBytes(bytes);
                    span.put(offset, ByteBuffer.wrap(bytes));
                    System.arraycopy(bytes, 0, model, offset, count);
                }
            }
            int offset = random.nextInt(length);
            int count = random.nextInt(length - offset + 1);
            assertThat(bytes(span, offset, count)).isEqualTo(Arrays.copyOfRange(model, offset, offset + count));
        });
    }

    @Test
    void leavesAnotherBuffersPositionAlone() {
        var buffer = ByteBuffer.allocate(10).position(3);
        PageSpan.of(buffer).put(0, ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(buffer.position()).isEqualTo(3);
        assertThat(buffer.array()).startsWith(0, 0, 0, 1, 2, 0);
    }

    static byte[] bytes(PageSpan span, int offset, int count) {
        var all = ByteBuffer.allocate(count);
        for (ByteBuffer view : span.slices(offset, count)) {
            all.put(view);
        }
        return all.array();
    }
}
