package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.LeakCheck;

/// The relay between our own client and our own server, or a server that misbehaves.
class NbdFrontEndTest {
    private static final int SIZE = 5 << 20;
    private static final ContextName VISIBLE = ContextName.dirtyBitmap("backup-vda");
    private static final ContextName HIDDEN = ContextName.dirtyBitmap("vk3fa2-7");

    @TempDir
    Path directory;

    private final MemoryDevice device = MemoryDevice.random(5, SIZE)
            .hole(1 << 20, 1 << 20)
            .context(
                    ContextName.BASE_ALLOCATION,
                    extent(0, 1 << 20, 0),
                    extent(1 << 20, 1 << 20, 3),
                    extent(2 << 20, 1 << 20, 1),
                    extent(3 << 20, 2 << 20, 0))
            .context(ContextName.QEMU_ALLOCATION_DEPTH, extent(0, SIZE, 1))
            .context(HIDDEN, extent(0, 65536, 1), extent(65536, SIZE - 65536, 0));

    @Test
    void whatClientsReadIsWhatTheUpstreamHolds() throws IOException {
        var leaks = LeakCheck.begin();
        try (var upstream = TestServer.serve(directory, device);
                var relay = NbdFrontEnd.start(config(upstream, true), TestServer.deadline());
                var session = connect(relay)) {
            assertThat(NbdServerTest.read(session, new ByteRange(0, SIZE))).isEqualTo(device.content());
            var random = new SplittableRandom(1);
            for (int i = 0; i < 50; i++) {
                int offset = random.nextInt(SIZE);
                var range = new ByteRange(offset, random.nextInt(SIZE - offset));
                assertThat(NbdServerTest.read(session, range)).isEqualTo(device.content(range));
            }
            assertThat(relay.progress().getFirst().bytesRead()).isGreaterThan(SIZE);
        }
        leaks.requireNone();
    }

    @Test
    void contextsHaveTheNamesThatClientsKnow() throws IOException {
        try (var upstream = TestServer.serve(directory, device);
                var relay = NbdFrontEnd.start(config(upstream, false), TestServer.deadline());
                var session = connect(relay)) {
            assertThat(session.info().contexts())
                    .containsExactlyInAnyOrder(ContextName.BASE_ALLOCATION, ContextName.QEMU_ALLOCATION_DEPTH, VISIBLE);
            var status = session.blockStatus(new ByteRange(0, SIZE), TestServer.deadline());
            assertThat(status.get(VISIBLE)).containsExactly(extent(0, 65536, 1), extent(65536, SIZE - 65536, 0));
            assertThat(status.get(ContextName.QEMU_ALLOCATION_DEPTH)).containsExactly(extent(0, SIZE, 1));
            assertThat(status.get(ContextName.BASE_ALLOCATION))
                    .containsExactly(
                            extent(0, 1 << 20, 0),
                            extent(1 << 20, 1 << 20, 3),
                            extent(2 << 20, 1 << 20, 1),
                            extent(3 << 20, 2 << 20, 0));
        }
    }

    @Test
    void aHoleThatIsNotSaidToBeZeroIsReportedAsDataWhenRepaired() throws IOException {
        try (var upstream = TestServer.serve(directory, device);
                var relay = NbdFrontEnd.start(config(upstream, true), TestServer.deadline());
                var session = connect(relay)) {
            var status = session.blockStatus(new ByteRange(0, SIZE), TestServer.deadline());
            assertThat(status.get(ContextName.BASE_ALLOCATION))
                    .containsExactly(extent(0, 1 << 20, 0), extent(1 << 20, 1 << 20, 3), extent(2 << 20, 3 << 20, 0));
            assertThat(status.get(ContextName.QEMU_ALLOCATION_DEPTH))
                    .as("1 means something else here")
                    .containsExactly(extent(0, SIZE, 1));
        }
    }

    @Test
    void aContextThatTheUpstreamLacksIsRefusedAtTheStart() {
        var leaks = LeakCheck.begin();
        try (var upstream = TestServer.serve(directory, new MemoryDevice("memory", new byte[512]))) {
            assertThatThrownBy(() -> NbdFrontEnd.start(config(upstream, true), TestServer.deadline()))
                    .isInstanceOf(NbdException.Refused.class)
                    .hasMessageContaining("'" + HIDDEN + "'");
        }
        leaks.requireNone();
    }

    @Test
    void anAddressThatCannotBeListenedOnLeavesNothingOpen() {
        var leaks = LeakCheck.begin();
        try (var upstream = TestServer.serve(directory, device)) {
            var config = config(upstream, true);
            var listen = new NbdAddress.Unix(directory.resolve("no/r").toString());
            assertThatThrownBy(() -> NbdFrontEnd.start(
                            new NbdFrontEnd.Config(listen, config.exports(), config.limits()), TestServer.deadline()))
                    .isInstanceOf(java.net.BindException.class);
        }
        leaks.requireNone();
    }

    @Test
    void clientsThatComeBeforeThereIsSomethingToServeWait() throws IOException {
        var leaks = LeakCheck.begin();
        try (var upstream = TestServer.serve(directory, device)) {
            var listening = NbdFrontEnd.listen(config(upstream, true));
            try (var client = RawPeer.connect(relayAddress())) {
                assertThat(upstream.progress().clientsNow()).isZero();
                try (var _ = listening.serve(TestServer.deadline())) {
                    client.go("vda", true);
                    listening.close(); // what it does not own any more
                    connect(relayAddress()).close();
                }
            }
        }
        assertThat(directory.resolve("r")).doesNotExist();
        leaks.requireNone();
    }

    @Test
    void whatDoesNotComeToServeLeavesNothing() throws IOException {
        var leaks = LeakCheck.begin();
        try (var upstream = TestServer.serve(directory, new MemoryDevice("memory", new byte[512]));
                var listening = NbdFrontEnd.listen(config(upstream, true))) {
            assertThat(directory.resolve("r")).exists();
            assertThatThrownBy(() -> listening.serve(TestServer.deadline())).isInstanceOf(NbdException.Refused.class);
        }
        assertThat(directory.resolve("r")).doesNotExist();
        leaks.requireNone();
    }

    @Test
    void statusExtentByExtentIsAskedOfTheUpstreamOnce() throws IOException {
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        device.on(task -> {
            asked.incrementAndGet();
            task.run();
        });
        try (var upstream = TestServer.serve(directory, device);
                var relay = NbdFrontEnd.start(config(upstream, true), TestServer.deadline());
                var session = connect(relay)) {
            for (long offset = 0; offset < SIZE; offset += 4096) {
                session.blockStatus(new ByteRange(offset, 4096), TestServer.deadline());
            }
            assertThat(asked.get()).isEqualTo(1);
        }
    }

    @Test
    void unalignedRequestsAreAlignedForTheUpstream() throws IOException {
        FakeServer.Script script = client -> {
            ByteBuffer request = client.receive(Request.BYTES);
            assertThat(request.getLong(16)).isEqualTo(4096);
            assertThat(request.getInt(24)).isEqualTo(8192);
            client.send("668e33ef 0001 0002 %016x 0000000c 0000000000001000 00002000".formatted(request.getLong(8)));
            client.drain();
        };
        try (var upstream = FakeServer.start(directory, client -> {
                    offerWithBlockSize(client);
                    script.run(client);
                });
                var relay = NbdFrontEnd.start(
                        config(upstream.address(), Map.of(), NbdFrontEnd.Limits.DEFAULT), TestServer.deadline());
                var session = connect(relay)) {
            assertThat(session.info().blockSizes().minimum()).isEqualTo(1);
            assertThat(NbdServerTest.read(session, new ByteRange(4097, 5000)))
                    .hasSize(5000)
                    .containsOnly(0);
        }
    }

    private static void offerWithBlockSize(RawPeer client) throws IOException {
        client.send(FakeServer.GREETING).receive(20);
        client.send(FakeServer.ACK_STRUCTURED);
        client.receive(client.receive(16).getInt(12));
        client.send("0003e889045565a9 0000000a 00000001 00000000");
        client.receive(client.receive(16).getInt(12));
        client.send("0003e889045565a9 00000007 00000003 0000000c 0000 0000000000100000 0003");
        client.send("0003e889045565a9 00000007 00000003 0000000e 0003 00001000 00001000 02000000");
        client.send("0003e889045565a9 00000007 00000001 00000000");
    }

    @Test
    void whenTheUpstreamDiesClientsGetErrorsAndTheFailureIsVisible() throws IOException {
        FakeServer.Script dies = client -> client.receive(Request.BYTES);
        try (var upstream = FakeServer.offering(directory, true, true, dies);
                var relay = NbdFrontEnd.start(
                        config(upstream.address(), Map.of(), NbdFrontEnd.Limits.DEFAULT), TestServer.deadline());
                var session = connect(relay)) {
            assertThatThrownBy(() -> NbdServerTest.read(session, new ByteRange(0, 4096)))
                    .isInstanceOfSatisfying(
                            NbdException.Refused.class,
                            refused -> assertThat(refused.error()).isEqualTo(NbdError.EIO));
            assertThatThrownBy(() -> NbdServerTest.read(session, new ByteRange(0, 4096)))
                    .isInstanceOfSatisfying(
                            NbdException.Refused.class,
                            refused -> assertThat(refused.error()).isEqualTo(NbdError.ESHUTDOWN));
            assertThatThrownBy(() -> connect(relay)).hasMessageContaining("closed the connection");
            var progress = relay.progress().getFirst();
            assertThat(progress.failure())
                    .hasValueSatisfying(text -> assertThat(text).contains("closed"));
            assertThat(progress.failedRequests()).isEqualTo(2);
        }
    }

    @Test
    void anUpstreamThatLiesIsGivenUp() throws IOException {
        var lie = FakeServer.answering("668e33ef 0001 0000 COOKIE 00000000");
        try (var upstream = FakeServer.offering(directory, true, true, lie);
                var relay = NbdFrontEnd.start(
                        config(upstream.address(), Map.of(), NbdFrontEnd.Limits.DEFAULT), TestServer.deadline());
                var session = connect(relay)) {
            assertThatThrownBy(() -> NbdServerTest.read(session, new ByteRange(0, 4096)))
                    .isInstanceOf(NbdException.Refused.class);
            assertThat(relay.progress().getFirst().failure()).isPresent();
        }
    }

    @Test
    void anUpstreamThatDoesNotAnswerIsGivenUpWhenTheLimitSaysSo() throws IOException {
        var limits = limits(Optional.empty(), Optional.of(Duration.ofMillis(300)));
        try (var upstream = FakeServer.offering(directory, true, true, RawPeer::drain);
                var relay = NbdFrontEnd.start(config(upstream.address(), Map.of(), limits), TestServer.deadline());
                var session = connect(relay)) {
            assertThatThrownBy(() -> NbdServerTest.read(session, new ByteRange(0, 4096)))
                    .isInstanceOf(NbdException.Refused.class)
                    .hasMessageContaining("has not answered");
        }
    }

    @Test
    void anIdleClientIsClosedWhenTheLimitSaysSo() throws IOException {
        var limits = limits(Optional.of(Duration.ofMillis(300)), Optional.empty());
        try (var upstream = TestServer.serve(directory, device);
                var relay = NbdFrontEnd.start(config(upstream.address(), Map.of(), limits), TestServer.deadline());
                var idle = RawPeer.connect(relay.address()).go("vda", true)) {
            idle.awaitHangUp();
            Await.until(
                    "it is counted",
                    TestServer.LIMIT,
                    () -> relay.progress().getFirst().clientsLost() == 1);
        }
    }

    @Test
    void aClientThatTakesNoRepliesStopsNobodyElse() throws IOException {
        var limits = new NbdFrontEnd.Limits(8 << 20, 4, Duration.ofSeconds(10), Optional.empty(), Optional.empty());
        try (var upstream = TestServer.serve(directory, device);
                var relay = NbdFrontEnd.start(config(upstream.address(), Map.of(), limits), TestServer.deadline());
                var stalled = RawPeer.connect(relay.address()).go("vda", true)) {
            for (int i = 0; i < 100; i++) {
                stalled.send(new Request(0, 0, i, 0, SIZE));
            }
            try (var good = connect(relay)) {
                for (int i = 0; i < 5; i++) {
                    assertThat(NbdServerTest.read(good, new ByteRange(0, SIZE))).isEqualTo(device.content());
                }
            }
        }
    }

    @Test
    void closesAtOnceAndSaysGoodbyeUpstreamAlsoWhenClientsAreStalled() throws IOException {
        try (var upstream = TestServer.serve(directory, device)) {
            var relay = NbdFrontEnd.start(config(upstream, true), TestServer.deadline());
            var stalled = RawPeer.connect(relay.address()).go("vda", true);
            for (int i = 0; i < 100; i++) {
                stalled.send(new Request(0, 0, i, 0, SIZE));
            }
            Await.until(
                    "it has work", TestServer.LIMIT, () -> upstream.progress().bytesRead() > 0);
            relay.close(TestServer.deadline());
            stalled.drain();
            relay.close();
            Await.until(
                    "the upstream is free",
                    TestServer.LIMIT,
                    () -> upstream.progress().clientsNow() == 0);
            stalled.close();
            assertThat(directory.resolve("r")).doesNotExist();
        }
    }

    @Test
    void closesInTimeAlsoWhenTheUpstreamHangs() throws IOException {
        try (var upstream = FakeServer.offering(directory, true, true, RawPeer::drain)) {
            var relay = NbdFrontEnd.start(
                    config(upstream.address(), Map.of(), NbdFrontEnd.Limits.DEFAULT), TestServer.deadline());
            try (var client = RawPeer.connect(relay.address()).go("vda", true)) {
                client.send(new Request(0, 0, 1, 0, 4096));
                long begin = System.nanoTime();
                relay.close(Deadline.inMillis(500));
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
                client.drain();
            }
        }
    }

    @Test
    void aQuietUpstreamIsToldGoodbye() throws IOException {
        try (var upstream = TestServer.serve(directory, device)) {
            NbdFrontEnd.start(config(upstream, true), TestServer.deadline()).close();
            Await.until(
                    "it is gone", TestServer.LIMIT, () -> upstream.progress().clientsDone() == 1);
        }
    }

    @Test
    void refusesAConfigurationThatCannotWork() {
        var export = new RelayedExport("vda", directory, "x", Map.of(), true);
        var listen = new NbdAddress.Tcp("127.0.0.1", 0);
        assertThatThrownBy(() -> new NbdFrontEnd.Config(listen, List.of(), NbdFrontEnd.Limits.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NbdFrontEnd.Config(listen, List.of(export, export), NbdFrontEnd.Limits.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TestServer.limits(1 << 20, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RelayedExport("vda", directory, "x", Map.of("a", "b:c"), true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private NbdFrontEnd.Config config(TestServer upstream, boolean repairHoles) {
        var export = new RelayedExport(
                "vda", path(upstream.address()), "memory", Map.of(VISIBLE.value(), HIDDEN.value()), repairHoles);
        return new NbdFrontEnd.Config(relayAddress(), List.of(export), NbdFrontEnd.Limits.DEFAULT);
    }

    private NbdFrontEnd.Config config(NbdAddress upstream, Map<String, String> contexts, NbdFrontEnd.Limits limits) {
        var export = new RelayedExport("vda", path(upstream), "memory", contexts, true);
        return new NbdFrontEnd.Config(relayAddress(), List.of(export), limits);
    }

    private NbdAddress relayAddress() {
        return new NbdAddress.Unix(directory.resolve("r").toString());
    }

    private static Path path(NbdAddress address) {
        return Path.of(((NbdAddress.Unix) address).path());
    }

    private static NbdFrontEnd.Limits limits(Optional<Duration> idle, Optional<Duration> upstream) {
        return new NbdFrontEnd.Limits(64 << 20, 8, Duration.ofSeconds(10), idle, upstream);
    }

    private static NbdSession connect(NbdFrontEnd relay) throws NbdException {
        return connect(relay.address());
    }

    private static NbdSession connect(NbdAddress relay) throws NbdException {
        try (var negotiation = NbdNegotiation.connect(relay, TestServer.deadline())) {
            negotiation.requestContexts("vda", negotiation.listContexts("vda"));
            return negotiation.go("vda");
        }
    }

    private static Extent extent(long offset, long length, int flags) {
        return new Extent(new ByteRange(offset, length), flags);
    }
}
