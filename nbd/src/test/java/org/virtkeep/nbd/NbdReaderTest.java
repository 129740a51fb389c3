package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Await;

class NbdReaderTest {
    private static final int SIZE = 4 << 20;
    private static final NbdReader.Retry PATIENT = new NbdReader.Retry(12, Duration.ofMillis(5));

    @TempDir
    private Path directory;

    private final MemoryDevice device = memory(SIZE);
    private final AtomicInteger connects = new AtomicInteger();

    private static MemoryDevice memory(int size) {
        return MemoryDevice.random(3, size).context(ContextName.BASE_ALLOCATION, new Extent(new ByteRange(0, size), 0));
    }

    private NbdSession connect() throws IOException {
        connects.incrementAndGet();
        var address = new NbdAddress.Unix(directory.resolve("s").toString());
        try (var negotiation = NbdNegotiation.connect(address, TestServer.deadline())) {
            negotiation.requestContexts("memory", List.of(ContextName.BASE_ALLOCATION));
            return negotiation.go("memory");
        }
    }

    private static byte[] read(NbdReader reader, ByteRange range) throws IOException {
        ByteBuffer into = ByteBuffer.allocate((int) range.length());
        reader.read(range, into, TestServer.deadline());
        assertThat(into.hasRemaining()).isFalse();
        return into.array();
    }

    @Test
    void readsOnWhenItsServerIsThereAgain() throws IOException {
        NbdReader reader;
        try (var _ = TestServer.serve(directory, device)) {
            reader = NbdReader.open(this::connect, 3, PATIENT);
            assertThat(reader.connections()).isEqualTo(3);
            assertThat(read(reader, new ByteRange(0, SIZE))).isEqualTo(device.content());
        }
        try (var server = TestServer.serve(directory, device)) {
            for (int i = 0; i < 3; i++) {
                assertThat(read(reader, new ByteRange(0, SIZE))).isEqualTo(device.content());
                assertThat(reader.blockStatus(new ByteRange(0, SIZE), TestServer.deadline()))
                        .containsOnlyKeys(ContextName.BASE_ALLOCATION);
            }
            assertThat(connects.get()).isEqualTo(6);
            reader.close();
            Await.until(
                    "all said goodbye",
                    TestServer.LIMIT,
                    () -> server.progress().clientsDone() == 3);
        }
        assertThatThrownBy(() -> read(reader, new ByteRange(0, 512))).isInstanceOf(NbdException.Disconnected.class);
    }

    @Test
    void readsNothingOfAnExportThatHasChanged() throws IOException {
        NbdReader reader;
        try (var _ = TestServer.serve(directory, device)) {
            reader = NbdReader.open(this::connect, 1, PATIENT);
        }
        try (var _ = TestServer.serve(directory, memory(SIZE + 4096))) {
            assertThatThrownBy(() -> read(reader, new ByteRange(0, 512)))
                    .isInstanceOf(NbdException.Protocol.class)
                    .hasMessageContaining("is not what it was");
        }
        reader.close();
    }

    @Test
    void givesUpAfterItsTries() throws IOException {
        NbdReader reader;
        try (var _ = TestServer.serve(directory, device)) {
            reader = NbdReader.open(this::connect, 1, new NbdReader.Retry(2, Duration.ofMillis(1)));
        }
        assertThatThrownBy(() -> read(reader, new ByteRange(0, 512))).isInstanceOf(NbdException.Disconnected.class);
        assertThat(connects.get()).isBetween(3, 4); // the first try may have been on the old connection
        reader.close();
    }

    @Test
    void closingEndsAWait() throws IOException {
        NbdReader reader;
        try (var _ = TestServer.serve(directory, device)) {
            reader = NbdReader.open(this::connect, 1, new NbdReader.Retry(1, Duration.ofSeconds(10)));
        }
        CompletableFuture<byte[]> reading = CompletableFuture.supplyAsync(() -> {
            try {
                return read(reader, new ByteRange(0, 512));
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        Await.until("it has tried to connect", TestServer.LIMIT, () -> connects.get() > 1);
        reader.close();
        assertThatThrownBy(() -> reading.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(NbdException.Disconnected.class);
    }

    @Test
    void readsRightWhileItsServerComesAndGoes() throws IOException {
        var server = TestServer.serve(directory, device);
        var enough = new AtomicBoolean();
        try (var reader = NbdReader.open(this::connect, 2, PATIENT)) {
            var readers = new ArrayList<CompletableFuture<Integer>>();
            for (int thread = 0; thread < 4; thread++) {
                var random = new SplittableRandom(thread);
                readers.add(CompletableFuture.supplyAsync(() -> readHereAndThere(reader, random, enough)));
            }
            for (int i = 0; i < 5; i++) {
                int seen = connects.get();
                server.close();
                server = TestServer.serve(directory, device);
                Await.until(
                        "somebody connects again",
                        TestServer.LIMIT,
                        () -> connects.get() > seen || readers.stream().anyMatch(CompletableFuture::isDone));
            }
            enough.set(true);
            for (CompletableFuture<Integer> each : readers) {
                assertThat(each.join()).isPositive();
            }
        } finally {
            server.close();
        }
    }

    private int readHereAndThere(NbdReader reader, SplittableRandom random, AtomicBoolean enough) {
        int reads = 0;
        while (!enough.get() || reads == 0) {
            int offset = 512 * random.nextInt(SIZE / 1024);
            int length = 512 * random.nextInt(1, SIZE / 1024);
            try {
                byte[] found = read(reader, new ByteRange(offset, length));
                assertThat(Arrays.equals(found, 0, length, device.content(), offset, offset + length))
                        .isTrue();
                reads++;
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }
        return reads;
    }
}
