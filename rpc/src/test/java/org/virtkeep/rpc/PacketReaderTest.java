package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.Await;

class PacketReaderTest {
    private static final byte[] PING = Pulse.ping();

    private final ByteBudget budget = new ByteBudget(1024 * 1024);

    @Test
    void cutsBytesIntoPacketsHoweverTheyArrive() throws IOException {
        byte[] two = ByteBuffer.allocate(2 * PING.length).put(PING).put(PING).array();
        for (int step = 1; step <= two.length; step++) {
            PacketReader reader = reader(new Dripping(two, step), Limits.PACKET_BYTES);
            assertThat(reader.next().orElseThrow().bytes())
                    .as("steps of %d bytes", step)
                    .isEqualTo(PING);
            assertThat(reader.next().orElseThrow().bytes()).isEqualTo(PING);
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void readsAPacketLargerThanItsFirstMemory() throws IOException {
        var header = new MessageHeader(1, 1, 1, MessageType.CALL, 1, 0);
        String text = "x".repeat(300_000);
        PacketReader reader = reader(new Dripping(header.packet(text, XdrCodec.STRING), 5_000), Limits.PACKET_BYTES);
        Packet packet = reader.next().orElseThrow();
        assertThat(packet.read(XdrCodec.STRING)).isEqualTo(text);
        assertThat(budget.freeBytes()).isLessThanOrEqualTo(1024 * 1024 - text.length());
        reader.release(packet);
        assertThat(budget.freeBytes()).isEqualTo(1024 * 1024);
    }

    /// All of them together announce 64 GB.
    @Test
    void anAnnouncedPacketTakesNoMemoryBeforeItArrives() throws InterruptedException {
        var waiting = new CountDownLatch(2_000);
        var end = new CountDownLatch(1);
        var failures = new ConcurrentLinkedQueue<String>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 2_000; i++) {
            var bytes = new SequenceInputStream(
                    new ByteArrayInputStream(Hex.bytes("02000004 20008086")), new Blocking(waiting, end));
            var reader = new PacketReader(transport(bytes), Limits.PACKET_BYTES, new ByteBudget(Limits.PACKET_BYTES));
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    reader.next();
                } catch (IOException e) {
                    failures.add(e.getMessage());
                }
            }));
        }
        assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).hasSize(2_000).containsOnly("the peer closed the connection in the middle of a packet");
    }

    @Test
    void aSmallPacketDoesNotWaitBehindLargeOnes() throws Exception {
        assertThat(budget.grow(0, 1024 * 1024, Deadline.inMillis(1_000))).isTrue();
        var large = new Thread(() -> {
            try {
                budget.grow(0, 1024 * 1024, Deadline.inMillis(60_000));
            } catch (InterruptedException _) {
                // the test is over
            }
        });
        large.start();
        Await.until(
                "a large packet to wait", Duration.ofSeconds(30), () -> large.getState() == Thread.State.TIMED_WAITING);
        PacketReader reader = reader(new Dripping(PING, PING.length), Limits.PACKET_BYTES);
        assertThat(reader.next()).isPresent();
        assertThat(large.isAlive()).isTrue();
        large.interrupt();
        large.join();
        budget.giveBack(1024 * 1024);
    }

    @Test
    void givesTheCommonMemoryBackWhenAPacketIsCutOff() {
        PacketReader reader = reader(new ByteArrayInputStream(Hex.bytes("00080000 20008086")), Limits.PACKET_BYTES);
        assertThatThrownBy(reader::next).isInstanceOf(IOException.class);
        assertThat(budget.freeBytes()).isEqualTo(1024 * 1024);
    }

    @Test
    void refusesAPacketForWhichThereIsNeverMemory() {
        PacketReader reader = reader(new ByteArrayInputStream(Hex.bytes("01000000 20008086")), Limits.PACKET_BYTES);
        assertThatThrownBy(reader::next).hasMessage("no memory for a packet of 16777216 bytes");
    }

    @Test
    void refusesLengthsOutsideOfWhatIsAllowed() {
        for (String length : new String[] {"0000001b", "00000000", "00000401", "ffffffff"}) {
            assertThatThrownBy(() -> reader(new ByteArrayInputStream(Hex.bytes(length)), 1_024)
                            .next())
                    .as(length)
                    .isInstanceOf(XdrException.class)
                    .hasMessageContaining("28 to 1024 are allowed here");
        }
    }

    @Test
    void tellsAnEndBetweenPacketsFromOneInside() throws IOException {
        for (int length = 1; length < PING.length; length++) {
            PacketReader cut = reader(new ByteArrayInputStream(PING, 0, length), Limits.PACKET_BYTES);
            assertThatThrownBy(cut::next).as("%d bytes", length).hasMessageContaining("in the middle of a packet");
        }
        assertThat(reader(InputStream.nullInputStream(), Limits.PACKET_BYTES).next())
                .isEqualTo(Optional.empty());
    }

    @Test
    void skipsBytesBetweenPackets() throws IOException {
        var bytes =
                new SequenceInputStream(new ByteArrayInputStream(new byte[] {1, 2, 3}), new ByteArrayInputStream(PING));
        PacketReader reader = reader(bytes, Limits.PACKET_BYTES);
        reader.skip(3);
        assertThat(reader.next().orElseThrow().bytes()).isEqualTo(PING);
    }

    private PacketReader reader(InputStream bytes, int maximumBytes) {
        return new PacketReader(transport(bytes), maximumBytes, budget);
    }

    private static RpcTransport transport(InputStream bytes) {
        return RpcTransport.of(bytes, OutputStream.nullOutputStream(), bytes);
    }

    /// Gives nothing until `end`, and then ends.
    private static final class Blocking extends InputStream {
        private final CountDownLatch waiting;
        private final CountDownLatch end;

        Blocking(CountDownLatch waiting, CountDownLatch end) {
            this.waiting = waiting;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            waiting.countDown();
            try {
                end.await();
                return -1;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /// Gives at most `step` bytes at a time.
    private static final class Dripping extends ByteArrayInputStream {
        private final int step;

        Dripping(byte[] bytes, int step) {
            super(bytes);
            this.step = step;
        }

        @Override
        public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(step, length));
        }
    }
}
