package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.LeakCheck;

/// Our server against our client, and against a peer that sends single messages.
class NbdServerTest {
    private static final int SIZE = 3 << 20;
    private static final ContextName BITMAP = ContextName.dirtyBitmap("b0");

    @TempDir
    Path directory;

    private final LeakCheck leaks = LeakCheck.begin();
    private final MemoryDevice device = MemoryDevice.random(7, SIZE)
            .hole(1 << 20, 100_000)
            .context(
                    ContextName.BASE_ALLOCATION,
                    extent(0, 1 << 20, 0),
                    extent(1 << 20, 100_000, 3),
                    extent((1 << 20) + 100_000, SIZE - (1 << 20) - 100_000, 0))
            .context(BITMAP, extent(0, 4096, 1), extent(4096, SIZE - 4096, 0));

    @AfterEach
    void nothingIsLeftOpen() {
        leaks.requireNone();
    }

    @Test
    void servesItsContent() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var session = server.connect("memory")) {
            assertThat(session.info().sizeBytes()).isEqualTo(SIZE);
            assertThat(session.info().readOnly()).isTrue();
            assertThat(session.info().multiConn()).isTrue();
            assertThat(read(session, new ByteRange(0, SIZE))).isEqualTo(device.content());
            assertThat(read(session, new ByteRange(4095, 3))).isEqualTo(device.content(new ByteRange(4095, 3)));
            assertThat(read(session, new ByteRange(SIZE, 0))).isEmpty();
        }
    }

    @Test
    void servesOverTcpOnAPortOfItsOwn() throws IOException {
        var anyPort = new NbdAddress.Tcp("127.0.0.1", 0);
        try (var server = TestServer.serve(TestServer.limits(8 << 20, 4), anyPort, device)) {
            assertThat(server.address())
                    .isInstanceOfSatisfying(
                            NbdAddress.Tcp.class, tcp -> assertThat(tcp.port()).isPositive());
            try (var session = server.connect("memory")) {
                assertThat(read(session, new ByteRange(0, SIZE))).isEqualTo(device.content());
            }
        }
    }

    @Test
    void tellsTheStatusInEveryContext() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var session = server.connect("memory")) {
            var status = session.blockStatus(new ByteRange(4000, 2 << 20), TestServer.deadline());
            assertThat(status)
                    .isEqualTo(Map.of(
                            ContextName.BASE_ALLOCATION,
                            List.of(
                                    extent(4000, (1 << 20) - 4000, 0),
                                    extent(1 << 20, 100_000, 3),
                                    extent((1 << 20) + 100_000, (1 << 20) - 100_000 + 4000, 0)),
                            BITMAP,
                            List.of(extent(4000, 96, 1), extent(4096, (2 << 20) - 96, 0))));
        }
    }

    @Test
    void listsExportsAndContexts() throws IOException {
        var second = new MemoryDevice("second", new byte[512]);
        try (var server = TestServer.serve(directory, device, second);
                var negotiation = server.negotiate()) {
            assertThat(negotiation.listExports())
                    .containsExactly(new ListedExport("memory", ""), new ListedExport("second", ""));
            assertThat(negotiation.listContexts("memory")).containsExactly(ContextName.BASE_ALLOCATION, BITMAP);
            assertThat(negotiation.listContexts("memory", "qemu:")).containsExactly(BITMAP);
            assertThat(negotiation.listContexts("memory", "qemu:dirty-bitmap:")).containsExactly(BITMAP);
            assertThat(negotiation.listContexts("memory", "base:", "x:")).containsExactly(ContextName.BASE_ALLOCATION);
            assertThat(negotiation.listContexts("memory", "base:alloc", "other:"))
                    .isEmpty();
            assertThat(negotiation.listContexts("second")).isEmpty();
            assertThat(negotiation.info("second").sizeBytes()).isEqualTo(512);
        }
    }

    @Test
    void anUnknownExportIsRefusedByNameAndTheHandshakeGoesOn() throws IOException {
        var second = new MemoryDevice("second", new byte[512]);
        try (var server = TestServer.serve(directory, device, second);
                var negotiation = server.negotiate()) {
            for (String unknown : List.of("third", "")) {
                assertThatThrownBy(() -> negotiation.go(unknown))
                        .isInstanceOf(NbdException.Refused.class)
                        .hasMessageContaining("'" + unknown + "'");
            }
            negotiation.go("second").close();
        }
    }

    @Test
    void theEmptyNameMeansTheOnlyExport() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var negotiation = server.negotiate();
                var session = negotiation.go("")) {
            assertThat(session.info().name()).isEqualTo("memory");
        }
    }

    @Test
    void contextsCountOnlyForTheExportTheyWereAskedOf() throws IOException {
        var second = new MemoryDevice("second", new byte[512]).context(BITMAP, extent(0, 512, 1));
        try (var server = TestServer.serve(directory, device, second);
                var negotiation = server.negotiate()) {
            assertThat(negotiation.requestContexts("memory", List.of(BITMAP))).containsExactly(BITMAP);
            try (var session = negotiation.go("second")) {
                assertThat(session.info().contexts()).isEmpty();
            }
        }
    }

    @Test
    void answersOptionsAsTheProtocolDemands() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().greet()) {
            assertThat(peer.option(99, "00").lastOptionReply()).isEqualTo(OptionReplyType.ERR_UNSUP.wireValue());
            assertThat(peer.option(11, "").lastOptionReply()).isEqualTo(OptionReplyType.ERR_UNSUP.wireValue());
            assertThat(peer.option(5, "").lastOptionReply()).isEqualTo(OptionReplyType.ERR_POLICY.wireValue());
            assertThat(peer.option(3, "00").lastOptionReply()).isEqualTo(OptionReplyType.ERR_INVALID.wireValue());
            assertThat(peer.option(8, "00").lastOptionReply()).isEqualTo(OptionReplyType.ERR_INVALID.wireValue());
            assertThat(peer.option(10, "00000000 00000000").lastOptionReply())
                    .as("contexts before structured replies")
                    .isEqualTo(OptionReplyType.ERR_INVALID.wireValue());
            assertThat(peer.option(7, "00000003 78797a 0000").lastOptionReply())
                    .isEqualTo(OptionReplyType.ERR_UNKNOWN.wireValue());
            assertThat(peer.option(7, "00000009 78797a 0000").lastOptionReply())
                    .isEqualTo(OptionReplyType.ERR_INVALID.wireValue());
            assertThat(peer.option(99, "00".repeat(NbdLimits.OPTION_BYTES + 1)).lastOptionReply())
                    .isEqualTo(OptionReplyType.ERR_TOO_BIG.wireValue());
            assertThat(peer.option(2, "0011").lastOptionReply())
                    .as("data with ABORT is ignored")
                    .isEqualTo(OptionReplyType.ACK.wireValue());
            peer.awaitHangUp();
        }
    }

    @Test
    void greetsAsFixedNewstyle() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw()) {
            assertThat(Hex.text(peer.receive(18))).isEqualTo(Hex.text("4e42444d41474943 49484156454f5054 0003"));
            peer.send("00000004").awaitHangUp(); // an unknown flag
        }
    }

    @Test
    void exportNameEndsTheHandshakeWithOrWithoutZeroes() throws IOException {
        try (var server = TestServer.serve(directory, device)) {
            try (var peer = server.raw()) {
                peer.receive(18);
                peer.send("00000001").option(1, "6d656d6f7279");
                assertThat(Hex.text(peer.receive(134))).isEqualTo("0000000000300000" + "0103" + "00".repeat(124));
                peer.send(new Request(0, 0, 5, 10, 2));
                assertThat(Hex.text(peer.receive(18))).startsWith("67446698000000000000000000000005");
            }
            try (var peer = server.raw().greet()) {
                assertThat(Hex.text(peer.option(1, "6d656d6f7279").receive(10))).isEqualTo("0000000000300000" + "0103");
            }
            try (var peer = server.raw().greet()) {
                peer.option(1, "6d656d").awaitHangUp();
            }
        }
    }

    @Test
    void refusesWhatAReadOnlyExportCannotDo() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().go("memory", true)) {
            assertThat(errorOf(peer, new Request(0, 1, 1, 0, 3), "aabbcc")).isEqualTo(NbdError.EPERM);
            assertThat(errorOf(peer, new Request(0, 4, 2, 0, 512), "")).isEqualTo(NbdError.EPERM);
            assertThat(errorOf(peer, new Request(0, 6, 3, 0, 512), "")).isEqualTo(NbdError.EPERM);
            assertThat(errorOf(peer, new Request(0, 99, 4, 0, 512), "")).isEqualTo(NbdError.EINVAL);
            assertThat(errorOf(peer, new Request(0, 7, 5, 0, 512), ""))
                    .as("no context was negotiated")
                    .isEqualTo(NbdError.EINVAL);
            assertThat(errorOf(peer, new Request(0, 0, 6, SIZE - 1, 2), "")).isEqualTo(NbdError.EINVAL);
            assertThat(errorOf(peer, new Request(0, 0, 7, -1, 2), "")).isEqualTo(NbdError.EINVAL);
            assertThat(errorOf(peer, new Request(1, 0, 8, 0, 2), ""))
                    .as("FUA is not offered")
                    .isEqualTo(NbdError.EINVAL);
            assertThat(errorOf(peer, new Request(4, 0, 9, 0, 65537), ""))
                    .as("too long for one chunk")
                    .isEqualTo(NbdError.EOVERFLOW);
            assertThat(server.progress().failedRequests()).isZero();
        }
    }

    @Test
    void aReadLargerThanThePayloadLimitIsRefused() throws IOException {
        var large = new MemoryDevice("large", new byte[(32 << 20) + 1]);
        try (var server = TestServer.serve(directory, large);
                var peer = server.raw().go("large", true)) {
            assertThat(errorOf(peer, new Request(0, 0, 1, 0, (32 << 20) + 1), ""))
                    .isEqualTo(NbdError.EOVERFLOW);
        }
    }

    @Test
    void flushAndCacheDoNothingSuccessfully() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().go("memory", true)) {
            peer.send(new Request(0, 3, 1, 0, 0)).send(new Request(0, 5, 2, 0, 4096));
            assertThat(peer.receive(40)).isEqualTo(concat(Reply.none(1), Reply.none(2)));
        }
    }

    @Test
    void anUnfragmentedReadIsOneChunkWithItsHolesWrittenOut() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().go("memory", true)) {
            var range = new ByteRange((1 << 20) - 100, 65536);
            peer.send(new Request(CommandFlag.DF.mask(), 0, 1, range.offset(), range.length()));
            assertThat(Hex.text(peer.receive(28)))
                    .isEqualTo(Hex.text("668e33ef 0001 0001 0000000000000001 00010008 00000000000fff9c"));
            assertThat(peer.receive(65536).array()).isEqualTo(device.content(range));
        }
    }

    @Test
    void aHoleGoesOutAsAHole() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().go("memory", true)) {
            peer.send(new Request(0, 0, 1, 1 << 20, 4096));
            assertThat(Hex.text(peer.receive(32)))
                    .isEqualTo(Hex.text("668e33ef 0001 0002 0000000000000001 0000000c 0000000000100000 00001000"));
        }
    }

    @Test
    void simpleRepliesComeInOrderEvenForReadsInManyPieces() throws IOException {
        try (var shuffled = new ShuffledExecutor(1);
                var server = TestServer.serve(directory, device.on(shuffled));
                var peer = server.raw().go("memory", false)) {
            peer.send(new Request(0, 0, 1, 0, SIZE));
            peer.send(new Request(0, 0, 2, 100, 5));
            assertThat(Hex.text(peer.receive(16))).isEqualTo(Hex.text("67446698 00000000 0000000000000001"));
            assertThat(peer.receive(SIZE).array()).isEqualTo(device.content());
            assertThat(Hex.text(peer.receive(16))).isEqualTo(Hex.text("67446698 00000000 0000000000000002"));
            assertThat(peer.receive(5).array()).isEqualTo(device.content(new ByteRange(100, 5)));
        }
    }

    @Test
    void anErrorOfTheDeviceReachesTheClientWithItsText() throws IOException {
        device.bad(2 << 20, 1);
        try (var server = TestServer.serve(directory, device);
                var session = server.connect("memory")) {
            assertThatThrownBy(() -> read(session, new ByteRange(0, SIZE)))
                    .isInstanceOfSatisfying(
                            NbdException.Refused.class,
                            refused -> assertThat(refused.error()).isEqualTo(NbdError.EIO))
                    .hasMessageContaining("bad sector");
            assertThat(read(session, new ByteRange(0, 2 << 20))).isEqualTo(device.content(new ByteRange(0, 2 << 20)));
            assertThat(server.progress().failedRequests()).isPositive();
        }
    }

    @Test
    void anErrorAfterTheFirstPartOfASimpleReplyEndsTheConnection() throws IOException {
        device.bad(2 << 20, 1);
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().go("memory", false)) {
            peer.send(new Request(0, 0, 1, 2 << 20, 5));
            assertThat(Hex.text(peer.receive(16))).isEqualTo(Hex.text("67446698 00000005 0000000000000001"));
            peer.send(new Request(0, 0, 2, 0, SIZE));
            peer.drain(); // returns because the server hangs up
            Await.until(
                    "the client is gone",
                    TestServer.LIMIT,
                    () -> server.progress().clientsNow() == 0);
            assertThat(server.progress().clientsLost()).isEqualTo(1);
        }
    }

    @Test
    void aDeadDeviceIsNotOfferedAnyMore() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var negotiation = server.negotiate()) {
            device.fail(new NbdException.Disconnected("the upstream is gone", null));
            assertThatThrownBy(() -> negotiation.go("memory"))
                    .isInstanceOfSatisfying(
                            NbdException.Refused.class,
                            refused -> assertThat(refused.error()).isEqualTo(NbdError.ESHUTDOWN))
                    .hasMessageContaining("the upstream is gone");
        }
    }

    @Test
    void tooManyClientsAreToldSo() throws IOException {
        try (var server = TestServer.serve(TestServer.limits(1 << 20, 2), directory, device);
                var stays = server.connect("memory");
                var late = server.negotiate()) {
            try (var leaves = server.connect("memory")) {
                assertThatThrownBy(() -> late.go("memory"))
                        .isInstanceOf(NbdException.Refused.class)
                        .hasMessageContaining("too many clients");
                assertThat(read(leaves, new ByteRange(0, 10))).hasSize(10);
            }
            Await.until(
                    "a place is free", TestServer.LIMIT, () -> server.progress().clientsNow() == 1);
            late.go("memory").close();
            assertThat(read(stays, new ByteRange(0, 10))).hasSize(10);
        }
    }

    @Test
    void countsWhatItsClientsDo() throws IOException {
        try (var server = TestServer.serve(directory, device)) {
            try (var session = server.connect("memory")) {
                read(session, new ByteRange(0, SIZE));
                assertThat(server.progress().clientsNow()).isEqualTo(1);
            }
            server.raw().go("memory", true).close();
            Await.until(
                    "both are gone",
                    TestServer.LIMIT,
                    () -> server.progress().clientsNow() == 0
                            && server.progress().clientsEver() == 2);
            var progress = server.progress();
            assertThat(progress.bytesRead()).isEqualTo(SIZE);
            assertThat(progress.requests()).isEqualTo(3);
            assertThat(progress.clientsDone()).isEqualTo(1);
            assertThat(progress.clientsLost()).isEqualTo(1);
            assertThat(progress.failure()).isEmpty();
        }
    }

    @Test
    void anIdleClientIsClosedWhenAsked() throws IOException {
        try (var server = TestServer.serve(directory, device);
                var peer = server.raw().go("memory", true)) {
            Await.until(
                    "it is served", TestServer.LIMIT, () -> server.progress().clientsNow() == 1);
            server.server().closeIdle(Duration.ofHours(1));
            assertThat(server.progress().clientsNow()).isEqualTo(1);
            server.server().closeIdle(Duration.ZERO);
            peer.awaitHangUp();
        }
    }

    private static NbdError errorOf(RawPeer peer, Request request, String payload) throws IOException {
        peer.send(request).send(payload);
        ByteBuffer header = peer.receive(Reply.Chunk.BYTES);
        assertThat(header.getLong(8)).isEqualTo(request.cookie());
        return ErrorChunk.decode(peer.receive(header.getInt(16))).error();
    }

    static byte[] read(NbdSession session, ByteRange range) throws NbdException {
        ByteBuffer into = ByteBuffer.allocate((int) range.length());
        session.read(range, into, TestServer.deadline());
        return into.array();
    }

    private static ByteBuffer concat(ByteBuffer... buffers) {
        var out = new PayloadWriter();
        for (ByteBuffer buffer : buffers) {
            out.bytes(buffer);
        }
        return out.done();
    }

    private static Extent extent(long offset, long length, int flags) {
        return new Extent(new ByteRange(offset, length), flags);
    }
}
