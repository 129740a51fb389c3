package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What no good client sends is answered by our server byte for byte as by libvirtd [libvirt 9.0].
@Tag("interop")
@Timeout(120)
class RefusalsIT {
    private static final String PROGRAM = "20008086 00000001 ";

    @TempDir
    private Path directory;

    @Test
    void refusesInLibvirtdsWords() throws Exception {
        var odd = List.of(
                packet("unknown procedure", PROGRAM + "000003e7 00000000 00000007 00000000"),
                packet("procedure 0", PROGRAM + "00000000 00000000 00000007 00000000"),
                packet("negative procedure", PROGRAM + "ffffffff 00000000 00000007 00000000"),
                packet("call of an event", PROGRAM + "0000013e 00000000 00000007 00000000"),
                packet("unknown version", "20008086 00000002 00000042 00000000 00000007 00000000"),
                packet("unknown program", "20009999 00000001 00000001 00000000 00000007 00000000"),
                packet("program above 2^31", "f0009999 00000001 00000001 00000000 00000007 00000000"),
                packet("status ERROR in a call", PROGRAM + "00000042 00000000 00000007 00000001"),
                packet("status 77 in a call", PROGRAM + "00000042 00000000 00000007 0000004d"),
                packet("status -1 in a call", PROGRAM + "00000042 00000000 00000007 ffffffff"),
                packet("arguments missing", PROGRAM + "00000017 00000000 00000007 00000000"),
                packet("string too long", PROGRAM + "00000017 00000000 00000007 00000000 ffffffff"),
                packet("string cut off", PROGRAM + "00000017 00000000 00000007 00000000 00000009 61000000"),
                packet("more than the arguments", PROGRAM + "00000042 00000000 00000007 00000000 12345678"),
                packet("call with no descriptors", PROGRAM + "00000042 00000004 00000007 00000000 00000000"),
                packet("keepalive as a call", "6b656570 00000001 00000001 00000000 00000007 00000000"),
                packet("ping", "6b656570 00000001 00000001 00000002 00000007 00000000"),
                ignored("unknown keepalive", "6b656570 00000001 00000009 00000002 00000007 00000000"),
                ignored("reply to nothing", PROGRAM + "00000042 00000001 00000007 00000000"),
                ignored("event from a client", PROGRAM + "0000013e 00000002 00000007 00000000"),
                ignored("stream to nothing", PROGRAM + "000000d1 00000003 00000007 00000002 61626364"),
                ignored("unknown type", PROGRAM + "00000042 00000009 00000007 00000000"),
                packet("length below a header", "20008086 00000001"),
                new Odd("length 0", true, Hex.bytes("00000000")),
                new Odd("length above the maximum", true, Hex.bytes("02000005")));
        try (PrivateLibvirtd libvirtd = PrivateLibvirtd.start();
                var server = TestServer.start(directory.resolve("socket"), dispatcher())) {
            for (Odd packet : odd) {
                String theirs = answers(libvirtd.socket(), packet);
                assertThat(answers(server.socket(), packet)).as(packet.name).isEqualTo(theirs);
            }
        }
    }

    /// @param answered false if nothing is said to it
    private record Odd(String name, boolean answered, byte[] bytes) {}

    private static Odd packet(String name, String hex) {
        byte[] body = Hex.bytes(hex);
        byte[] packet = new byte[Integer.BYTES + body.length];
        ByteBuffer.wrap(packet).putInt(packet.length).put(body);
        return new Odd(name, true, packet);
    }

    private static Odd ignored(String name, String hex) {
        return new Odd(name, false, packet(name, hex).bytes);
    }

    /// The answer to `odd`, or "closed"; for a packet that is ignored, the answer to the call after it.
    private static String answers(Path socket, Odd odd) throws IOException {
        try (RawPeer peer = RawPeer.connect(socket)) {
            peer.call(LibvirtProgram.AUTH_LIST, Nothing.NOTHING, 1);
            peer.receive();
            peer.send(odd.bytes);
            if (!odd.answered) {
                peer.call(LibvirtProgram.AUTH_LIST, Nothing.NOTHING, 99);
            }
            return peer.receive().map(answer -> Hex.text(answer.bytes())).orElse("closed");
        } catch (IOException _) {
            return "closed";
        }
    }

    private static RpcDispatcher<RpcServerConnection> dispatcher() {
        return RpcDispatcher.<RpcServerConnection>builder()
                .on(
                        LibvirtProgram.AUTH_LIST,
                        (_, _) -> new ConnectMessages.AuthTypes(List.of(ConnectMessages.AuthTypes.NONE)))
                .on(LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, (_, name) -> {
                    throw new IllegalStateException(name + " is never looked up here");
                })
                .build();
    }
}
