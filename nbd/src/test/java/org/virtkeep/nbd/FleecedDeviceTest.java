package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Property;

/// A frozen disk stays frozen, whatever the guest does meanwhile.
class FleecedDeviceTest {
    private static final int CLUSTERS = 64;
    private static final int SIZE = CLUSTERS * FleecedModel.CLUSTER;

    @TempDir
    Path directory;

    @Test
    void showsTheInstantWhileTheGuestWrites() {
        Property.forAll(10, random -> {
            try (var threads =
                    Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
                var model = new FleecedModel(content(random), threads);
                withRelay(model, session -> {
                    var stop = new AtomicBoolean();
                    var guest = Thread.ofPlatform().start(() -> write(model, random.split(), stop));
                    try {
                        for (int i = 0; i < 30; i++) {
                            check(session, model, random);
                        }
                    } finally {
                        stop.set(true);
                        guest.join();
                    }
                    assertThat(NbdServerTest.read(session, new ByteRange(0, SIZE)))
                            .isEqualTo(model.original());
                });
            }
        });
    }

    @Test
    void failsRatherThanShowWhatWasNotSaved() {
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            var model = new FleecedModel(new byte[SIZE], threads);
            withRelay(model, session -> {
                model.guestWrites(1, (byte) 7, true);
                assertThat(NbdServerTest.read(session, new ByteRange(0, SIZE))).containsOnly(0);
                model.breakSnapshot();
                model.guestWrites(9, (byte) 7, true);
                assertThatThrownBy(() -> NbdServerTest.read(session, new ByteRange(0, SIZE)))
                        .isInstanceOf(NbdException.Refused.class)
                        .hasMessageContaining("broken");
                assertThatThrownBy(() -> session.blockStatus(new ByteRange(0, SIZE), TestServer.deadline()))
                        .isInstanceOf(NbdException.Refused.class);
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReaderInThisProcessSeesTheSame() {
        Property.forAll(10, random -> {
            try (var threads =
                    Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
                var model = new FleecedModel(content(random), threads);
                try (var upstream = TestServer.serve(directory, model.frozen(), model.live(), model.scratch());
                        var reader =
                                UpstreamReader.connect(export(upstream, "live", "scratch"), TestServer.deadline())) {
                    var stop = new AtomicBoolean();
                    var guest = Thread.ofPlatform().start(() -> write(model, random.split(), stop));
                    try {
                        for (int i = 0; i < 30; i++) {
                            int offset = random.nextInt(SIZE);
                            var range = new ByteRange(offset, random.nextInt(1, SIZE - offset + 1));
                            var into = ByteBuffer.allocate((int) range.length());
                            reader.read(range, into, TestServer.deadline());
                            assertThat(into.array())
                                    .isEqualTo(Arrays.copyOfRange(model.original(), offset, (int) range.end()));
                        }
                    } finally {
                        stop.set(true);
                        guest.join();
                    }
                }
            }
        });
    }

    @Test
    void aReaderInThisProcessFailsRatherThanShowWhatWasNotSaved() throws Exception {
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            var model = new FleecedModel(new byte[SIZE], threads);
            try (var upstream = TestServer.serve(directory, model.frozen(), model.live(), model.scratch());
                    var reader = UpstreamReader.connect(export(upstream, "live", "scratch"), TestServer.deadline())) {
                model.breakSnapshot();
                model.guestWrites(9, (byte) 7, true);
                var whole = new ByteRange(0, SIZE);
                assertThatThrownBy(() -> reader.read(whole, ByteBuffer.allocate(SIZE), TestServer.deadline()))
                        .isInstanceOf(NbdException.Refused.class)
                        .hasMessageContaining("broken");
                assertThat(reader.canRead(new ByteRange(SIZE, 1))).isFalse();
                assertThatThrownBy(() -> reader.read(whole, ByteBuffer.allocate(1), TestServer.deadline()))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void exportsThatDoNotBelongTogetherAreRefused() throws IOException {
        var small = new MemoryDevice("scratch", new byte[512])
                .context(ContextName.QEMU_ALLOCATION_DEPTH, new Extent(new ByteRange(0, 512), 0));
        var live = new MemoryDevice("live", new byte[1024])
                .context(ContextName.BASE_ALLOCATION, new Extent(new ByteRange(0, 1024), 0));
        var frozen = new MemoryDevice("frozen", new byte[1024]);
        try (var upstream = TestServer.serve(directory, frozen, live, small)) {
            assertThatThrownBy(() -> start(upstream, "live", "scratch").close())
                    .isInstanceOf(NbdException.Refused.class)
                    .hasMessageContaining("512 bytes");
            assertThatThrownBy(() -> start(upstream, "live", "live").close())
                    .isInstanceOf(NbdException.Refused.class)
                    .hasMessageContaining("no context 'qemu:allocation-depth'");
            assertThatThrownBy(() -> start(upstream, "gone", "scratch").close())
                    .isInstanceOf(NbdException.Refused.class);
        }
    }

    private interface Check {
        void run(NbdSession session) throws Exception;
    }

    private void withRelay(FleecedModel model, Check check) throws Exception {
        try (var upstream = TestServer.serve(directory, model.frozen(), model.live(), model.scratch());
                var relay = start(upstream, "live", "scratch");
                var negotiation = NbdNegotiation.connect(relay.address(), TestServer.deadline())) {
            negotiation.requestContexts("vda", List.of(ContextName.BASE_ALLOCATION));
            try (var session = negotiation.go("vda")) {
                check.run(session);
            }
        }
    }

    private NbdFrontEnd start(TestServer upstream, String live, String scratch) throws IOException {
        var exports = List.of(export(upstream, live, scratch));
        var listen = new NbdAddress.Unix(directory.resolve("r").toString());
        return NbdFrontEnd.start(
                new NbdFrontEnd.Config(listen, exports, NbdFrontEnd.Limits.DEFAULT), TestServer.deadline());
    }

    private static RelayedExport export(TestServer upstream, String live, String scratch) {
        Path socket = Path.of(((NbdAddress.Unix) upstream.address()).path());
        var fleecing = Optional.of(new RelayedExport.Fleecing(live, scratch));
        return new RelayedExport("vda", socket, "frozen", Map.of(), false, fleecing);
    }

    private static byte[] content(SplittableRandom random) {
        byte[] content = new byte[SIZE];
        for (int cluster = 0; cluster < CLUSTERS; cluster++) {
            byte value = (byte) (random.nextInt(3) == 0 ? 0 : random.nextInt(1, 100));
            Arrays.fill(content, cluster * FleecedModel.CLUSTER, (cluster + 1) * FleecedModel.CLUSTER, value);
        }
        return content;
    }

    private static void write(FleecedModel model, SplittableRandom random, AtomicBoolean stop) {
        while (!stop.get()) {
            byte value = (byte) (random.nextInt(3) == 0 ? 0 : 101 + random.nextInt(20));
            model.guestWrites(random.nextInt(CLUSTERS), value, random.nextBoolean());
        }
    }

    private static void check(NbdSession session, FleecedModel model, SplittableRandom random) throws NbdException {
        int offset = random.nextInt(SIZE);
        var range = new ByteRange(offset, random.nextInt(1, SIZE - offset + 1));
        byte[] expected = Arrays.copyOfRange(model.original(), offset, (int) range.end());
        assertThat(NbdServerTest.read(session, range)).isEqualTo(expected);
        var status = session.blockStatus(range, TestServer.deadline()).get(ContextName.BASE_ALLOCATION);
        for (Extent extent : status) {
            for (long at = extent.range().offset();
                    extent.flags() != 0 && at < extent.range().end();
                    at++) {
                assertThat(model.original()[(int) at]).as("said to be zero").isZero();
            }
        }
    }
}
