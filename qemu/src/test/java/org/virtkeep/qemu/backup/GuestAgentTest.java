package org.virtkeep.qemu.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.Await;

/// A scripted agent on a unix socket, as `qemu-ga` 7.2 behaves, and as it misbehaves.
class GuestAgentTest {
    @TempDir
    Path dir;

    private Path socket;
    private ServerSocketChannel listener;
    private final List<String> received = new CopyOnWriteArrayList<>();
    private volatile boolean stale;
    private volatile boolean deafToFreeze;
    private volatile boolean refuseFreeze;

    @BeforeEach
    void listen() throws IOException {
        socket = dir.resolve("ga.sock");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private void serve() {
        try {
            while (true) {
                try (var client = listener.accept()) {
                    converse(
                            new BufferedReader(new InputStreamReader(
                                    Channels.newInputStream(client), StandardCharsets.ISO_8859_1)),
                            Channels.newOutputStream(client));
                }
            }
        } catch (IOException _) {
            // the test is over
        }
    }

    private void converse(BufferedReader in, OutputStream out) throws IOException {
        if (stale) {
            out.write("{\"return\":17}\n".getBytes(StandardCharsets.UTF_8));
        }
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.contains("guest-sync-delimited")) {
                String id = line.replaceAll(".*\"id\":(\\d+).*", "$1");
                out.write("{\"error\":{\"desc\":\"JSON parse error, stray\"}}\n".getBytes(StandardCharsets.UTF_8));
                out.write(0xff);
                out.write("{\"return\": %s}\n".formatted(id).getBytes(StandardCharsets.UTF_8));
            } else {
                answer(line, out);
            }
        }
    }

    private void answer(String line, OutputStream out) throws IOException {
        received.add(line.replaceAll(".*\"execute\":\"([^\"]+)\".*", "$1"));
        if (line.contains("freeze\"") && deafToFreeze) {
            return;
        }
        boolean refused = line.contains("freeze\"") && refuseFreeze;
        out.write((refused ? "{\"error\":{\"desc\":\"hook failed\"}}\n" : "{\"return\": 2}\n")
                .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void freezesAndThaws() throws IOException {
        try (var agent = GuestAgent.connect(socket, Deadline.inMillis(5_000))) {
            assertThat(agent.freeze(Deadline.inMillis(5_000))).isEqualTo(2);
            assertThat(agent.thaw(Deadline.inMillis(5_000))).isEqualTo(2);
        }
        assertThat(received).containsExactly("guest-fsfreeze-freeze", "guest-fsfreeze-thaw");
    }

    @Test
    void ignoresAnswersToEarlierClients() throws IOException {
        stale = true;
        try (var agent = GuestAgent.connect(socket, Deadline.inMillis(5_000))) {
            assertThat(agent.freeze(Deadline.inMillis(5_000))).isEqualTo(2);
        }
    }

    @Test
    void passesARefusalOn() throws IOException {
        refuseFreeze = true;
        try (var agent = GuestAgent.connect(socket, Deadline.inMillis(5_000))) {
            assertThatThrownBy(() -> agent.freeze(Deadline.inMillis(5_000)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("hook failed");
        }
    }

    @Test
    void aGuardThawsByItselfWhenTheLimitHasPassed() throws IOException {
        try (var guard = new QuiesceGuard(socket)) {
            guard.freeze(Duration.ofSeconds(2));
            Await.until("the guest is thawed", Duration.ofSeconds(20), () -> received.contains("guest-fsfreeze-thaw"));
            assertThatThrownBy(guard::thaw).hasMessageContaining("were thawed before");
        }
    }

    @Test
    void aFreezeWithoutAnAnswerIsThawed() {
        deafToFreeze = true;
        try (var guard = new QuiesceGuard(socket)) {
            assertThatThrownBy(() -> guard.freeze(Duration.ofSeconds(2))).hasMessageContaining("did not answer");
        }
        assertThat(received).contains("guest-fsfreeze-thaw");
    }

    @Test
    void aGuardThatIsClosedThaws() throws IOException {
        try (var guard = new QuiesceGuard(socket)) {
            guard.freeze(Duration.ofSeconds(30));
        }
        assertThat(received).containsExactly("guest-fsfreeze-freeze", "guest-fsfreeze-thaw");
    }

    @Test
    void nobodyListeningIsAnError() throws IOException {
        listener.close();
        Files.delete(socket); // the thread that accepts may notice a moment later
        assertThatThrownBy(() -> GuestAgent.connect(socket, Deadline.inMillis(1_000)))
                .isInstanceOf(IOException.class);
    }
}
