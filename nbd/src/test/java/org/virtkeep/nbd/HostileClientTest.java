package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.LeakCheck;

/// Clients that do what they must not. Each may hurt itself; a good client beside it is served all the time.
class HostileClientTest {
    private static final int SIZE = 8 << 20;

    @TempDir
    Path directory;

    private final MemoryDevice device =
            MemoryDevice.random(3, SIZE).context(ContextName.BASE_ALLOCATION, new Extent(new ByteRange(0, SIZE), 0));

    @Test
    void clientsThatTakeNoRepliesStopNobodyElse() throws IOException {
        var leaks = LeakCheck.begin();
        try (var server = TestServer.serve(TestServer.limits(8 << 20, 6), directory, device)) {
            var stalled = new ArrayList<RawPeer>();
            for (int i = 0; i < 5; i++) {
                var peer = server.raw().go("memory", i % 2 == 0);
                for (int request = 0; request < 100; request++) {
                    peer.send(new Request(0, 0, request, 0, SIZE));
                }
                stalled.add(peer);
            }
            try (var good = server.connect("memory")) {
                for (int i = 0; i < 5; i++) {
                    assertThat(NbdServerTest.read(good, new ByteRange(0, SIZE))).isEqualTo(device.content());
                }
                good.blockStatus(new ByteRange(0, SIZE), TestServer.deadline());
            }
            stalled.forEach(RawPeer::close);
            Await.until(
                    "all are gone", TestServer.LIMIT, () -> server.progress().clientsNow() == 0);
        }
        leaks.requireNone();
    }

    @Test
    void aClientThatVanishesMidReplyGivesItsMemoryBack() throws IOException {
        try (var server = TestServer.serve(TestServer.limits(1 << 20, 1), directory, device)) {
            for (int i = 0; i < 20; i++) {
                try (var peer = server.raw().go("memory", i % 2 == 0)) {
                    peer.send(new Request(0, 0, 1, 0, SIZE)).receive(100 * i + 1);
                }
                Await.until(
                        "its place is free",
                        TestServer.LIMIT,
                        () -> server.progress().clientsNow() == 0);
            }
            try (var good = server.connect("memory")) {
                assertThat(NbdServerTest.read(good, new ByteRange(0, SIZE))).isEqualTo(device.content());
            }
        }
    }

    @Test
    void aClientMayHangUpAfterEveryByte() throws IOException {
        byte[] session = wholeSession();
        try (var server = TestServer.serve(directory, device)) {
            for (int length = 0; length <= session.length; length++) {
                try (var peer = server.raw()) {
                    peer.send(ByteBuffer.wrap(session, 0, length));
                }
            }
            Await.until(
                    "all are gone", TestServer.LIMIT, () -> server.progress().clientsNow() == 0);
            try (var good = server.connect("memory")) {
                assertThat(NbdServerTest.read(good, new ByteRange(0, 10))).hasSize(10);
            }
        }
    }

    @Test
    void aHandshakeThatIsNeverFinishedIsCutOff() throws IOException {
        var limits = new NbdFrontEnd.Limits(8 << 20, 2, Duration.ofMillis(100), Optional.empty(), Optional.empty());
        try (var server = TestServer.serve(limits, directory, device);
                var silent = server.raw();
                var halfway = server.raw().greet()) {
            silent.receive(18);
            silent.awaitHangUp();
            halfway.drain(); // returns because the server hangs up
        }
    }

    @Test
    void aFloodOfOptionsIsCutOff() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().greet()) {
            assertThat(chatterUntilCutOff(peer)).isEqualTo(NbdLimits.OPTIONS);
        }
    }

    /// Options without end, each of them answered.
    private static int chatterUntilCutOff(RawPeer peer) {
        for (int count = 0; ; count++) {
            try {
                peer.option(3, "").optionReplies();
            } catch (IOException | AssertionError _) {
                return count;
            }
        }
    }

    @Test
    void giantLengthsAreNotBelieved() throws IOException {
        try (var server = TestServer.serve(directory, device)) {
            try (var peer = server.raw().greet()) {
                peer.send("49484156454f5054 00000007 ffffffff"); // an option of 4 GiB
                assertThat(NbdServerTest.read(server.connect("memory"), new ByteRange(0, 1)))
                        .hasSize(1);
            }
            try (var peer = server.raw().go("memory", true)) {
                peer.send(new Request(0, 1, 1, 0, 0xffff_ffffL)).drain(); // a write of 4 GiB: cut off
            }
            try (var peer = server.raw().go("memory", true)) {
                peer.send(new Request(0, 0, 1, 0, 0xffff_ffffL));
                assertThat(peer.receive(20).getShort(6)).isEqualTo((short) 0x8001);
            }
        }
    }

    @Test
    void garbageInTheTransmissionPhaseIsCutOff() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().go("memory", true)) {
            peer.send("00".repeat(28)).awaitHangUp();
        }
    }

    @Test
    void aClientThatSendsRequestsWithoutEndIsNotListenedTo() throws IOException, InterruptedException {
        var gate = new Gate();
        try (var server = TestServer.serve(directory, device.on(gate))) {
            Thread sender;
            try (var peer = server.raw().go("memory", true)) {
                sender = Thread.ofPlatform().daemon().start(() -> flood(peer));
                Await.until("the device has work", TestServer.LIMIT, () -> gate.held() > 0);
                try (var good = server.connect("memory")) {
                    gate.open();
                    assertThat(NbdServerTest.read(good, new ByteRange(0, 10))).hasSize(10);
                }
                assertThat(server.progress().requests())
                        .as("its own replies are not taken")
                        .isLessThan(1000);
            }
            sender.join();
        }
    }

    private static void flood(RawPeer peer) {
        try {
            for (long cookie = 0; ; cookie++) {
                peer.send(new Request(0, 0, cookie, 0, 1 << 20));
            }
        } catch (IOException _) {
            return; // the connection was closed, as it should be
        }
    }

    @Test
    void theSameCookieTwiceIsTheClientsOwnConfusion() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().go("memory", true)) {
            peer.send(new Request(0, 0, 1, 0, 4)).send(new Request(0, 0, 1, 100, 4));
            peer.receive(2 * (28 + 4));
        }
    }

    @Test
    void closingTheServerDoesNotWaitForStalledClients() throws IOException {
        long begin;
        try (var server = TestServer.serve(directory, device)) {
            for (int i = 0; i < 4; i++) {
                var peer = server.raw().go("memory", i % 2 == 0);
                for (int request = 0; request < 20; request++) {
                    peer.send(new Request(0, 0, request, 0, SIZE));
                }
            }
            begin = System.nanoTime();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TestServer.LIMIT);
    }

    /// A greeting, options, requests and a goodbye, as one stretch of bytes.
    private static byte[] wholeSession() {
        var out = new PayloadWriter().int32(3);
        out.bytes(OptionRequest.encode(Option.STRUCTURED_REPLY, ByteBuffer.allocate(0)));
        out.bytes(OptionRequest.encode(Option.LIST, ByteBuffer.allocate(0)));
        var query = new ContextQuery("memory", java.util.List.of("base:allocation"));
        out.bytes(OptionRequest.encode(Option.SET_META_CONTEXT, query.encode()));
        out.bytes(OptionRequest.encode(
                Option.GO, ExportQuery.about("memory", InfoType.BLOCK_SIZE).encode()));
        out.bytes(new Request(0, 0, 1, 0, 4096).encode());
        out.bytes(new Request(0, 7, 2, 0, 4096).encode());
        out.bytes(new Request(0, 1, 3, 0, 8).encode()).int64(0);
        out.bytes(new Request(0, 2, 0, 0, 0).encode());
        return Hex.array(out.done());
    }
}
