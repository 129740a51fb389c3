package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MessageReaderTest {

    private static MessageReader reader(String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new MessageReader(Channels.newChannel(new ByteArrayInputStream(bytes)), maxBytes);
    }

    private static String quoted(int length) {
        return "\"" + "x".repeat(length - 2) + "\"";
    }

    @Test
    void cutsTextIntoMessages() throws IOException {
        MessageReader reader = reader("{\"a\": 1}\r\n[]\n  7 \n", 100);
        assertThat(reader.next().orElseThrow().path("a").asInt()).isEqualTo(1);
        assertThat(reader.next().orElseThrow().isArray()).isTrue();
        assertThat(reader.next().orElseThrow().asInt()).isEqualTo(7);
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void readsAMessageAsLongAsTheLimitAndRefusesOneByteMore() throws IOException {
        for (int limit : new int[] {10, 16 << 10, (16 << 10) + 1, 100_000}) {
            String longest = quoted(limit);
            assertThat(reader(longest + "\n7\n", limit).next().orElseThrow().textValue())
                    .hasSize(limit - 2);
            assertThatThrownBy(() -> reader(quoted(limit + 1) + "\n", limit).next())
                    .isInstanceOf(QmpException.Protocol.class)
                    .hasMessageContaining("longer than %d bytes".formatted(limit));
        }
    }

    @Test
    void anEndInTheMiddleOfAMessageIsADisconnect() {
        assertThatThrownBy(() -> reader("{\"a\"", 100).next())
                .isInstanceOf(QmpException.Disconnected.class)
                .hasMessageContaining("in the middle of a message");
    }

    @Test
    void piecesOfAnySizeGiveTheSameMessages() throws IOException {
        for (long seed = 0; seed < 20; seed++) {
            var random = new SplittableRandom(seed);
            var text = new StringBuilder();
            int[] lengths = random.ints(30, 2, 60_000).toArray();
            for (int length : lengths) {
                text.append(quoted(length)).append('\n');
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            var reader = new MessageReader(new Dripping(bytes, random), 1 << 20);
            for (int length : lengths) {
                assertThat(reader.next().orElseThrow().textValue())
                        .as("seed %d", seed)
                        .hasSize(length - 2);
            }
            assertThat(reader.next()).isEmpty();
        }
    }

    /// Gives out its bytes in pieces of random size.
    private static final class Dripping implements ReadableByteChannel {
        private final ByteBuffer rest;
        private final RandomGenerator random;

        Dripping(byte[] bytes, RandomGenerator random) {
            this.rest = ByteBuffer.wrap(bytes);
            this.random = random;
        }

        @Override
        public int read(ByteBuffer into) {
            if (!rest.hasRemaining()) {
                return -1;
            }
            int count = Math.min(1 + random.nextInt(30_000), Math.min(into.remaining(), rest.remaining()));
            into.put(rest.slice().limit(count));
            rest.position(rest.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            rest.position(rest.limit());
        }
    }
}
