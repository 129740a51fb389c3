package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.Await;

@Timeout(60)
class PacketWriterTest {
    private static final byte[] PACKET = new byte[100];

    private final Gated peer = new Gated();
    private final CompletableFuture<IOException> ended = new CompletableFuture<>();

    @Test
    void queuesUpToItsLimitAndOnePacketMore() throws Exception {
        PacketWriter writer = writer(250);
        assertThat(writer.offer(PACKET)).isEqualTo(PacketWriter.Offer.QUEUED);
        assertThat(writer.offer(PACKET)).isEqualTo(PacketWriter.Offer.QUEUED);
        assertThat(writer.offer(PACKET)).isEqualTo(PacketWriter.Offer.QUEUED);
        assertThat(writer.offer(PACKET)).isEqualTo(PacketWriter.Offer.FULL);
        assertThat(writer.put(PACKET, Deadline.inMillis(20))).isFalse();
        peer.open.countDown();
        assertThat(writer.put(PACKET, Deadline.inMillis(30_000))).isTrue();
        Await.until("four packets", Duration.ofSeconds(30), () -> peer.size() == 400);
    }

    @Test
    void sendsWhatIsQueuedBeforeItFinishes() throws Exception {
        PacketWriter writer = writer(1_000);
        writer.offer(PACKET);
        writer.offer(PACKET);
        writer.finish();
        assertThat(writer.offer(PACKET)).isEqualTo(PacketWriter.Offer.ENDED);
        assertThat(writer.put(PACKET, Deadline.inMillis(30_000))).isFalse();
        peer.open.countDown();
        assertThat(ended.get(30, TimeUnit.SECONDS)).hasMessageContaining("everything queued was sent");
        assertThat(peer.size()).isEqualTo(200);
    }

    @Test
    void knowsForHowLongThePeerTookNothing() {
        PacketWriter writer = writer(1_000);
        assertThat(writer.stalledFor()).isZero();
        writer.offer(PACKET);
        Await.until("a stall", Duration.ofSeconds(30), () -> writer.stalledFor().toMillis() >= 20);
        peer.open.countDown();
        Await.until(
                "no stall", Duration.ofSeconds(30), () -> writer.stalledFor().isZero());
    }

    @Test
    void theCallingThreadWritesIfNobodyElseDoes() throws Exception {
        PacketWriter writer = writer(1_000);
        peer.open.countDown();
        assertThat(writer.write(PACKET, Deadline.inMillis(30_000))).isTrue();
        assertThat(peer.size()).isEqualTo(100);
        assertThat(peer.writer).isSameAs(Thread.currentThread());
    }

    /// A caller that writes a packet which the peer does not take yet.
    private static Thread stalledWriterOf(PacketWriter writer) {
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                writer.write(PACKET, Deadline.inMillis(30_000));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Await.until("a stall", Duration.ofSeconds(30), () -> writer.stalledFor().isPositive());
        return caller;
    }

    @Test
    void oneThatIsBeingWrittenIsAheadOfAllOthersAndOfTheEnd() throws Exception {
        PacketWriter writer = writer(1_000);
        Thread first = stalledWriterOf(writer);
        assertThat(writer.write(PACKET, Deadline.inMillis(30_000))).isTrue(); // queued
        writer.finish();
        assertThat(ended).isNotDone();
        peer.open.countDown();
        assertThat(ended.get(30, TimeUnit.SECONDS)).hasMessageContaining("everything queued was sent");
        assertThat(peer.size()).isEqualTo(200);
        assertThat(peer.writer).isSameAs(first);
        first.join();
    }

    @Test
    void aCallerWritesSomeOfOthersAndLeavesTheRestToTheThread() throws Exception {
        PacketWriter writer = writer(10_000);
        Thread first = stalledWriterOf(writer);
        for (int packet = 0; packet < 30; packet++) {
            assertThat(writer.offer(PACKET)).isEqualTo(PacketWriter.Offer.QUEUED);
        }
        peer.open.countDown();
        first.join();
        Await.until("all packets", Duration.ofSeconds(30), () -> peer.size() == 3_100);
        assertThat(peer.writer.getName()).isEqualTo("test-writer");
        writer.finish();
        assertThat(ended.get(30, TimeUnit.SECONDS)).hasMessageContaining("everything queued was sent");
    }

    @Test
    void endsAtOnceIfThereIsNothingToSend() throws Exception {
        PacketWriter writer = writer(1_000);
        writer.finish();
        assertThat(ended).isDone();
    }

    @Test
    void whoStopsItIsNotTold() throws Exception {
        PacketWriter writer = writer(1_000);
        writer.stop();
        assertThat(writer.write(PACKET, Deadline.inMillis(30_000))).isFalse();
        assertThat(ended).isNotDone();
    }

    @Test
    void aFailureOfTheCallingThreadEndsIt() throws Exception {
        var writer = new PacketWriter(
                RpcTransport.of(InputStream.nullInputStream(), new Broken(), () -> {}),
                1_000,
                Thread.ofVirtual().name("test-writer"),
                ended::complete);
        assertThat(writer.write(PACKET, Deadline.inMillis(30_000))).isFalse();
        assertThat(ended.get(30, TimeUnit.SECONDS)).hasMessage("broken pipe");
        assertThat(writer.write(PACKET, Deadline.inMillis(30_000))).isFalse();
    }

    @Test
    void tellsWhyItEnded() throws Exception {
        var writer = new PacketWriter(
                RpcTransport.of(InputStream.nullInputStream(), new Broken(), () -> {}),
                1_000,
                Thread.ofVirtual().name("test-writer"),
                ended::complete);
        writer.offer(PACKET);
        assertThat(ended.get(30, TimeUnit.SECONDS)).hasMessage("broken pipe");
        assertThat(writer.offer(PACKET)).isEqualTo(PacketWriter.Offer.ENDED);
    }

    private PacketWriter writer(long limitBytes) {
        return new PacketWriter(
                RpcTransport.of(InputStream.nullInputStream(), peer, peer),
                limitBytes,
                Thread.ofVirtual().name("test-writer"),
                ended::complete);
    }

    /// Takes nothing before it is opened.
    private static final class Gated extends ByteArrayOutputStream {
        private final CountDownLatch open = new CountDownLatch(1);
        private volatile Thread writer;

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            writer = Thread.currentThread();
            super.write(bytes, offset, length);
        }
    }

    private static final class Broken extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            throw new IOException("broken pipe");
        }
    }
}
