package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;

/// Our client against servers that break the protocol: it notices, says so, closes, and never hangs.
class LyingServerTest {
    private static final ByteRange ASKED = new ByteRange(0, 8);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a cookie nobody waits for   | 668e33ef 0001 0000 00000000000000ff 00000000
                    no magic number             | 668e33ff 0001 0000 COOKIE 00000000
                    a simple reply to a read    | 67446698 00000000 COOKIE 0102030405060708
                    the end before the data     | 668e33ef 0001 0000 COOKIE 00000000
                    the end after half the data | 668e33ef 0001 0001 COOKIE 0000000c 0000000000000000 01020304
                    data beyond the request     | 668e33ef 0001 0001 COOKIE 00000010 0000000000000001 0102030405060708
                    data before the request     | 668e33ef 0001 0001 COOKIE 00000010 ffffffffffffffff 0102030405060708
                    more data than asked for    | 668e33ef 0001 0001 COOKIE 00000011 0000000000000000 01
                    far more data than asked    | 668e33ef 0001 0001 COOKIE ffffffff 0000000000000000 01
                    a data chunk without data   | 668e33ef 0001 0001 COOKIE 00000008 0000000000000000
                    a data chunk without offset | 668e33ef 0001 0001 COOKIE 00000000
                    a part twice                | 668e33ef 0000 0001 COOKIE 0000000c 0000000000000000 01020304 \
                                                  668e33ef 0001 0001 COOKIE 0000000c 0000000000000003 01020304
                    a hole over data            | 668e33ef 0000 0001 COOKIE 0000000c 0000000000000000 01020304 \
                                                  668e33ef 0001 0002 COOKIE 0000000c 0000000000000000 00000008
                    a hole of nothing           | 668e33ef 0001 0002 COOKIE 0000000c 0000000000000000 00000000
                    a hole too long             | 668e33ef 0001 0002 COOKIE 0000000c 0000000000000000 ffffffff
                    a hole of wrong length      | 668e33ef 0001 0002 COOKIE 0000000d 0000000000000000 00000008 00
                    NONE with content           | 668e33ef 0001 0000 COOKIE 00000001 00
                    NONE that is not the end    | 668e33ef 0000 0000 COOKIE 00000000
                    a chunk of unknown type     | 668e33ef 0001 0007 COOKIE 00000000
                    a status in a read          | 668e33ef 0001 0005 COOKIE 0000000c 00000001 00000008 00000000
                    an error that is none       | 668e33ef 0001 8001 COOKIE 00000006 00000000 0000
                    an error of huge length     | 668e33ef 0001 8001 COOKIE 7fffffff 00000005 0000
                    an error text too long      | 668e33ef 0001 8001 COOKIE 00000007 00000005 0002 61
                    """)
    void aFalseReplyToAReadIsAProtocolError(String lie, String reply) throws IOException {
        try (var server = FakeServer.offering(directory, true, false, FakeServer.answering(reply));
                var session = connect(server)) {
            assertThatThrownBy(() -> NbdServerTest.read(session, ASKED))
                    .as(lie)
                    .isInstanceOf(NbdException.Protocol.class);
            assertThatThrownBy(() -> NbdServerTest.read(session, ASKED))
                    .as("the session has ended, for the same reason")
                    .isInstanceOf(NbdException.Protocol.class);
            assertThat(session.failure()).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "668e33ef 0001 0001 COOKIE 00000010 0000000000000000 0102030405060708", // data in a status
                "668e33ef 0001 0000 COOKIE 00000000", // no status
                "67446698 00000000 COOKIE", // no status
                "668e33ef 0001 0005 COOKIE 0000000c 00000002 00000008 00000000", // unknown context
                "668e33ef 0001 0005 COOKIE 00000004 00000001", // no extents
                "668e33ef 0001 0005 COOKIE 0000000c 00000001 00000000 00000000", // empty extent
                "668e33ef 0001 0005 COOKIE 0000000b 00000001 00000008 000000", // half an extent
                "668e33ef 0001 0005 COOKIE 00000014 00000001 00000008 00000000 00000001 00000001", // after the end
                "668e33ef 0001 0005 COOKIE ffffffff 00000001", // giant
                "668e33ef 0000 0005 COOKIE 0000000c 00000001 00000008 00000000 "
                        + "668e33ef 0001 0005 COOKIE 0000000c 00000001 00000008 00000000", // twice
            })
    void aFalseStatusIsAProtocolError(String reply) throws IOException {
        try (var server = FakeServer.offering(directory, true, true, FakeServer.answering(reply));
                var session = connect(server, ContextName.BASE_ALLOCATION)) {
            assertThatThrownBy(() -> session.blockStatus(ASKED, TestServer.deadline()))
                    .isInstanceOf(NbdException.Protocol.class);
        }
    }

    @Test
    void aStructuredReplyThatWasNotAgreedOnIsAProtocolError() throws IOException {
        var script = FakeServer.answering("668e33ef 0001 0001 COOKIE 00000010 0000000000000000 0102030405060708");
        try (var server = FakeServer.offering(directory, false, false, script);
                var session = connect(server)) {
            assertThatThrownBy(() -> NbdServerTest.read(session, ASKED)).isInstanceOf(NbdException.Protocol.class);
        }
    }

    @Test
    void simpleRepliesAreRead() throws IOException {
        var script = FakeServer.answering("67446698 00000000 COOKIE 0102030405060708");
        try (var server = FakeServer.offering(directory, false, false, script);
                var session = connect(server)) {
            assertThat(NbdServerTest.read(session, ASKED)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @Test
    void chunksAreReadInAnyOrder() throws IOException {
        var script = FakeServer.answering("""
                668e33ef 0000 0001 COOKIE 0000000a 0000000000000006 0708
                668e33ef 0000 0002 COOKIE 0000000c 0000000000000002 00000004
                668e33ef 0000 0001 COOKIE 0000000a 0000000000000000 0102
                668e33ef 0001 0000 COOKIE 00000000
                """);
        try (var server = FakeServer.offering(directory, true, false, script);
                var session = connect(server)) {
            assertThat(NbdServerTest.read(session, ASKED)).containsExactly(1, 2, 0, 0, 0, 0, 7, 8);
        }
    }

    @Test
    void anErrorLeavesTheSessionUsable() throws IOException {
        FakeServer.Script script = client -> {
            FakeServer.answer(client, "668e33ef 0001 8002 COOKIE 00000011 00000005 0003 6f6e6f 0000000000000004");
            FakeServer.answer(client, "668e33ef 0001 ff00 COOKIE 00000006 00000001 0000");
            FakeServer.answer(client, "668e33ef 0001 0002 COOKIE 0000000c 0000000000000000 00000008");
            client.drain();
        };
        try (var server = FakeServer.offering(directory, true, false, script);
                var session = connect(server)) {
            assertThatThrownBy(() -> NbdServerTest.read(session, ASKED))
                    .isInstanceOf(NbdException.Refused.class)
                    .hasMessageContaining("EIO: ono");
            assertThatThrownBy(() -> NbdServerTest.read(session, ASKED))
                    .as("an unknown kind of error is still an error")
                    .isInstanceOfSatisfying(
                            NbdException.Refused.class,
                            refused -> assertThat(refused.error()).isEqualTo(NbdError.EPERM));
            assertThat(NbdServerTest.read(session, ASKED)).containsOnly(0);
        }
    }

    @Test
    void aReplyThatNeverComesIsATimeOutAndTheMemoryIsFreeAgain() throws IOException {
        try (var server = FakeServer.offering(directory, true, false, RawPeer::drain);
                var session = connect(server)) {
            var into = ByteBuffer.allocate(8);
            assertThatThrownBy(() -> session.read(ASKED, into, Deadline.inMillis(50)))
                    .isInstanceOf(NbdException.TimedOut.class);
            assertThat(session.failure()).containsInstanceOf(NbdException.TimedOut.class);
        }
    }

    @Test
    void aServerThatHangsUpFailsEveryRequest() throws IOException {
        try (var server = FakeServer.offering(directory, true, false, client -> client.receive(Request.BYTES));
                var session = connect(server)) {
            assertThatThrownBy(() -> NbdServerTest.read(session, ASKED)).isInstanceOf(NbdException.Disconnected.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // hangs up at once
                "4e42444d41474943", // hangs up in the middle
                "48545450 2f312e31 20343030 204f4b0d 0a0d", // HTTP
                "4e42444d41474943 0000420281861253 0000", // oldstyle
                "4e42444d41474943 49484156454f5054 0000", // not fixed newstyle
                FakeServer.GREETING + "0003e889045565a9 00000007 00000001 00000000", // another option's reply
                FakeServer.GREETING + "0003e889045565a9 00000008 00000002 00000000", // another kind of reply
                FakeServer.GREETING + "0003e889045565a9 00000008 00000001 ffffffff", // giant
            })
    void aFalseGreetingIsNoHandshake(String greeting) throws IOException {
        FakeServer.Script script = client -> client.send(greeting);
        try (var server = FakeServer.start(directory, script)) {
            assertThatThrownBy(() -> NbdNegotiation.connect(server.address(), TestServer.deadline()))
                    .isInstanceOfAny(NbdException.Protocol.class, NbdException.Disconnected.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000003 0000000c 0000 ffffffffffffffff 0003 # a size beyond all",
                "00000003 00000002 0000 # half the information",
                "00000001 00000000 # no size at all",
                "00000003 0000000e 0003 00000007 00001000 02000000 # a bad block size",
                "00000002 00000004 00000000 # an export in the place of information",
            })
    void falseInformationEndsTheHandshake(String reply) throws IOException {
        FakeServer.Script script = client -> {
            client.send(FakeServer.GREETING).receive(20);
            client.send(FakeServer.ACK_STRUCTURED);
            client.receive(client.receive(16).getInt(12));
            client.send("0003e889045565a9 00000007 " + reply.replaceAll("#.*", ""));
            client.send("0003e889045565a9 00000007 00000001 00000000");
            client.drain();
        };
        try (var server = FakeServer.start(directory, script);
                var negotiation = NbdNegotiation.connect(server.address(), TestServer.deadline())) {
            assertThatThrownBy(() -> negotiation.go("x")).isInstanceOf(NbdException.Protocol.class);
        }
    }

    @Test
    void anEndlessListEndsTheHandshake() throws IOException {
        String entry = "0003e889045565a9 00000003 00000002 00000005 00000001 61";
        FakeServer.Script script = client -> {
            client.send(FakeServer.GREETING).receive(20);
            client.send(FakeServer.ACK_STRUCTURED).receive(16);
            byte[] entries = Hex.bytes(entry.repeat(100)).array();
            for (int i = 0; i < 1000; i++) {
                client.send(ByteBuffer.wrap(entries));
            }
        };
        try (var server = FakeServer.start(directory, script);
                var negotiation = NbdNegotiation.connect(server.address(), TestServer.deadline())) {
            assertThatThrownBy(negotiation::listExports)
                    .isInstanceOf(NbdException.Protocol.class)
                    .hasMessageContaining("more than 10000");
        }
    }

    @Test
    void aHandshakeThatNeverEndsIsATimeOut() throws IOException {
        try (var server = FakeServer.start(directory, RawPeer::drain)) {
            assertThatThrownBy(() -> NbdNegotiation.connect(server.address(), Deadline.inMillis(50)))
                    .isInstanceOf(NbdException.TimedOut.class);
        }
    }

    @Test
    void nobodyThereIsADisconnection() {
        var nobody = new org.virtkeep.model.NbdAddress.Unix(
                directory.resolve("nobody").toString());
        assertThatThrownBy(() -> NbdNegotiation.connect(nobody, TestServer.deadline()))
                .isInstanceOf(NbdException.Disconnected.class)
                .hasMessageContaining("nobody");
    }

    private static NbdSession connect(FakeServer server, ContextName... contexts) throws NbdException {
        try (var negotiation = NbdNegotiation.connect(server.address(), TestServer.deadline())) {
            if (contexts.length > 0) {
                negotiation.requestContexts("x", List.copyOf(Arrays.asList(contexts)));
            }
            return negotiation.go("x");
        }
    }
}
