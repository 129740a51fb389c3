package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.LeakCheck;

/// A handshake of which all questions go out together.
class AskingTogetherTest {
    private static final String ACK_GO = """
            0003e889045565a9 00000007 00000003 0000000c 0000 0000000000100000 0003
            0003e889045565a9 00000007 00000001 00000000
            """;

    @TempDir
    Path directory;

    private static NbdNegotiation ask(NbdAddress server, String export) throws NbdException {
        return NbdNegotiation.connect(server, export, Set.of(ContextName.BASE_ALLOCATION), TestServer.deadline());
    }

    private static void receiveQuestions(RawPeer client) throws IOException {
        client.send(FakeServer.GREETING).receive(4);
        for (Option option : List.of(Option.STRUCTURED_REPLY, Option.SET_META_CONTEXT, Option.GO)) {
            var header = client.receive(OptionRequest.HEADER_BYTES);
            assertThat(header.getInt(8)).isEqualTo(option.wireValue());
            client.receive(header.getInt(12));
        }
    }

    @Test
    void noAnswerIsWaitedForBeforeTheLastQuestion() throws IOException {
        try (var server = FakeServer.start(directory, client -> {
                    receiveQuestions(client);
                    client.send(FakeServer.ACK_STRUCTURED);
                    client.send("0003e889045565a9 0000000a 00000004 00000013 00000001 626173653a616c6c6f636174696f6e");
                    client.send("0003e889045565a9 0000000a 00000001 00000000");
                    client.send(ACK_GO);
                    client.drain();
                });
                var negotiation = ask(server.address(), "vda")) {
            assertThat(negotiation.granted()).containsExactly(ContextName.BASE_ALLOCATION);
            try (var session = negotiation.go("vda")) {
                assertThat(session.info().sizeBytes()).isEqualTo(1 << 20);
                assertThat(session.info().contexts()).containsExactly(ContextName.BASE_ALLOCATION);
            }
        }
    }

    @Test
    void aServerWithoutStructuredRepliesHasNoContexts() throws IOException {
        try (var server = FakeServer.start(directory, client -> {
                    receiveQuestions(client);
                    client.send("0003e889045565a9 00000008 80000001 00000000");
                    client.send("0003e889045565a9 0000000a 80000003 00000000");
                    client.send(ACK_GO);
                    client.drain();
                });
                var negotiation = ask(server.address(), "vda")) {
            assertThat(negotiation.granted()).isEmpty();
            try (var session = negotiation.go("vda")) {
                assertThat(session.info().contexts()).isEmpty();
            }
        }
    }

    @Test
    void aServerIsLeftThatWasAskedToGoOn() throws IOException {
        var device = MemoryDevice.random(5, 4096);
        try (var server = TestServer.serve(directory, device)) {
            ask(server.address(), "memory").close();
            Await.until("it is free", TestServer.LIMIT, () -> server.progress().clientsNow() == 0);
        }
    }

    @Test
    void anExportThatIsNotThereIsRefused() {
        var leaks = LeakCheck.begin();
        try (var server = TestServer.serve(directory, new MemoryDevice("memory", new byte[512]))) {
            assertThatThrownBy(() -> ask(server.address(), "another"))
                    .isInstanceOf(NbdException.Refused.class)
                    .hasMessageContaining("SET_META_CONTEXT");
        }
        leaks.requireNone();
    }
}
