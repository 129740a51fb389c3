package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.model.Deadline;

/// Monitors that misbehave. Whatever they do, every call ends, with the right kind of failure.
@Timeout(120)
class QmpFaultTest {

    @TempDir
    private Path directory;

    private static Deadline soon() {
        return Deadline.inMillis(30_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "this is no JSON",
                "",
                "42",
                "[]",
                "{}",
                "{\"return\": {}}",
                "{\"return\": {}, \"id\": 1.5}",
                "{\"return\": {}, \"id\": \"ID\"}",
                "{\"return\": {}, \"id\": 99999999999999999999}",
                "{\"return\": {}, \"return\": {}, \"id\": ID}",
                "{\"return\": {}, \"id\": ID} {}",
                "{\"return\": {}, \"id\": ID",
                "{\"return\": {\"status\": \"running\", \"running\": \"yes\"}, \"id\": ID}",
                "{\"error\": \"no\", \"id\": ID}",
                "{\"error\": {\"class\": \"GenericError\"}, \"id\": ID}",
                "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error\"}}",
                "{\"event\": \"STOP\"}",
                "{\"event\": 7, \"timestamp\": {\"seconds\": 1, \"microseconds\": 1}}",
                "{\"event\": \"STOP\", \"data\": [], \"timestamp\": {\"seconds\": 1, \"microseconds\": 1}}",
                "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 9223372036854775807, \"microseconds\": 1}}",
                "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": \"now\", \"microseconds\": 1}}",
                ScriptedPeer.GREETING,
                "\ufeff{}",
            })
    void whatQmpDoesNotAllowIsAProtocolError(String line) throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.greetAndNegotiate();
            String id = client.command().get("id").toString();
            client.sendLine(line.replace("ID", id));
            client.awaitEnd();
        })) {
            assertDiesOfProtocol(QmpConnection.connect(peer.socket(), soon()));
        }
    }

    @Test
    void bytesThatAreNotUtf8AreAProtocolError() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.greetAndNegotiate();
            client.command();
            client.send(new byte[] {'"', (byte) 0xC3, '(', '"', '\n'});
            client.awaitEnd();
        })) {
            assertDiesOfProtocol(QmpConnection.connect(peer.socket(), soon()));
        }
    }

    @Test
    void nestingBeyondTheLimitIsAProtocolError() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.greetAndNegotiate();
            client.event("DEEP", "{\"a\":".repeat(Json.MAX_DEPTH / 2) + "1" + "}".repeat(Json.MAX_DEPTH / 2));
            client.reply(client.command("stop"), "{}");
            client.command();
            client.event("DEEP", "[".repeat(100_000));
            client.awaitEnd();
        })) {
            QmpConnection connection = QmpConnection.connect(peer.socket(), soon());
            connection.execute(new StopVm(), soon());
            assertDiesOfProtocol(connection);
        }
    }

    @Test
    void aLineWithoutEndIsAProtocolError() throws IOException {
        byte[] chunk = new byte[1 << 20];
        Arrays.fill(chunk, (byte) ' ');
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.greetAndNegotiate();
            client.command();
            while (true) {
                client.send(chunk);
            }
        })) {
            assertDiesOfProtocol(QmpConnection.connect(peer.socket(), soon()));
        }
    }

    @Test
    void moreTokensThanTheLimitAreAProtocolError() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.greetAndNegotiate();
            client.reply(client.command(), "[" + "0,".repeat(Json.MAX_TOKENS) + "0]");
            client.awaitEnd();
        })) {
            assertDiesOfProtocol(QmpConnection.connect(peer.socket(), soon()));
        }
    }

    private static void assertDiesOfProtocol(QmpConnection connection) {
        QmpSubscription events = connection.subscribe();
        assertThatThrownBy(() -> connection.execute(new QueryStatus(), soon()))
                .isInstanceOf(QmpException.Protocol.class);
        assertThat(connection.isOpen()).isFalse();
        assertThatThrownBy(() -> connection.execute(new StopVm(), soon())).isInstanceOf(QmpException.Protocol.class);
        while (events.next(soon()).isPresent()) {
            // read on to the end
        }
        assertThat(events.end())
                .hasValueSatisfying(end -> assertThat(end)
                        .isInstanceOfSatisfying(
                                QmpSubscription.End.Disconnected.class,
                                lost -> assertThat(lost.cause()).isInstanceOf(QmpException.Protocol.class)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no greeting\n",
                "{}\n",
                "{\"QMP\": {}}\n",
                "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7, \"minor\": 2}}}}\n",
                "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7, \"minor\": 2, \"micro\": 4294967296}}}}\n",
                "{\"return\": {}, \"id\": 1}\nno greeting\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
            })
    void whatIsNoMonitorFailsToConnect(String firstWords) throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.send(firstWords);
            client.awaitEnd();
        })) {
            assertThatThrownBy(() -> QmpConnection.connect(peer.socket(), soon()))
                    .isInstanceOf(QmpException.Protocol.class);
        }
    }

    @Test
    void aRefusedNegotiationFailsToConnectAndFreesTheMonitor() throws IOException, InterruptedException {
        var freed = new CountDownLatch(1);
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.sendLine(ScriptedPeer.GREETING);
            client.refuse(client.command(), "no");
            client.awaitEnd();
            freed.countDown();
        })) {
            assertThatThrownBy(() -> QmpConnection.connect(peer.socket(), soon()))
                    .isInstanceOf(QmpException.Refused.class);
            freed.await();
        }
    }

    @Test
    void aMonitorThatServesSomebodyElseTimesOut() throws IOException {
        try (var peer = ScriptedPeer.start(directory, ScriptedPeer.Client::awaitEnd)) {
            assertThatThrownBy(() -> QmpConnection.connect(peer.socket(), Deadline.inMillis(100)))
                    .isInstanceOf(QmpException.TimedOut.class)
                    .hasMessageContaining("in use by another client");
        }
    }

    @Test
    void aFullListenQueueTimesOutAndIsUsedWhenItEmpties() throws Exception {
        Path socket = directory.resolve("monitor.sock");
        List<SocketChannel> queued = new ArrayList<>();
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            fillListenQueue(socket, queued);
            assertThatThrownBy(() -> QmpConnection.connect(socket, Deadline.inMillis(120)))
                    .isInstanceOf(QmpException.TimedOut.class)
                    .hasMessageContaining("in use by another client");
            assertNoConnectIsLeftBehind();

            var connecting =
                    Background.run(() -> QmpConnection.connect(socket, soon()).close());
            for (SocketChannel channel : queued) {
                server.accept().close();
                channel.close();
            }
            try (SocketChannel accepted = server.accept()) {
                new ScriptedPeer.Client(accepted).greetAndNegotiate();
                connecting.join();
            }
        } finally {
            for (SocketChannel channel : queued) {
                channel.close();
            }
        }
    }

    private static void assertNoConnectIsLeftBehind() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("qmp-connect")) {
                assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
            }
        }
    }

    private static void fillListenQueue(Path socket, List<SocketChannel> queued) throws IOException {
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.configureBlocking(false);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (SocketException full) {
                channel.close();
                return;
            }
            queued.add(channel);
        }
    }

    @Test
    void halfALineThenSilenceTimesOut() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.send("{\"return\": {}, \"id\": " + client.command().get("id"));
                    client.awaitEnd();
                });
                var connection = QmpConnection.connect(peer.socket(), soon())) {
            assertThatThrownBy(() -> connection.execute(new StopVm(), Deadline.inMillis(50)))
                    .isInstanceOf(QmpException.TimedOut.class);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void aHangUpFailsAllWaitingCallsAtOnce() throws Exception {
        int callers = 20;
        var asked = new CountDownLatch(callers);
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    for (int i = 0; i < callers; i++) {
                        client.command();
                        asked.countDown();
                    }
                });
                var connection = QmpConnection.connect(peer.socket(), soon())) {
            QmpSubscription events = connection.subscribe();
            List<Background> calls = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                calls.add(Background.run(() -> {
                    try {
                        connection.execute(new StopVm(), Deadline.in(Duration.ofDays(1)));
                    } finally {
                        assertThat(events.end()).isPresent(); // who sees the failure finds everything ended
                        assertThat(connection.isOpen()).isFalse();
                    }
                }));
            }
            asked.await();
            for (Background call : calls) {
                assertThat(call.failure())
                        .isInstanceOf(QmpException.Disconnected.class)
                        .hasMessageContaining("QEMU closed monitor");
            }
        }
    }

    @Test
    void aPeerThatNeverReadsCostsCallersTheirDeadlinesAndNoMore() throws Exception {
        var stalled = new CountDownLatch(1);
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    await(stalled);
                    client.answerAll("{}");
                });
                var connection = QmpConnection.connect(peer.socket(), soon())) {
            var longCommand = new HumanMonitorCommand("x".repeat(8 << 20)); // more than any socket's buffer
            assertThatThrownBy(() -> connection.execute(longCommand, Deadline.inMillis(200)))
                    .isInstanceOf(QmpException.TimedOut.class)
                    .hasMessageContaining("had no reply");
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> connection.execute(new StopVm(), Deadline.inMillis(20)))
                        .isInstanceOf(QmpException.TimedOut.class)
                        .hasMessageContaining("'stop' was not sent");
            }

            stalled.countDown();
            connection.execute(new ContinueVm(), soon()); // the peer reads again: nothing was broken
        }
    }

    @Test
    void closingFreesAWriterThatIsStuck() throws Exception {
        var ended = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.greetAndNegotiate();
            await(closed);
            ended.countDown();
        })) {
            QmpConnection connection = QmpConnection.connect(peer.socket(), soon());
            var longCommand = new HumanMonitorCommand("x".repeat(8 << 20));
            var call = Background.run(() -> connection.execute(longCommand, soon()));
            assertThatThrownBy(() -> connection.execute(new StopVm(), Deadline.inMillis(100)))
                    .isInstanceOf(QmpException.TimedOut.class);
            connection.close();
            assertThat(call.failure()).isInstanceOf(QmpException.Disconnected.class);
            closed.countDown();
            ended.await();
        }
    }

    @Test
    void aHangUpAfterAnyByteOfASessionEndsEverythingProperly() throws IOException {
        int length = playSession(Integer.MAX_VALUE);
        for (int bytes = 0; bytes < length; bytes++) {
            playSession(bytes);
        }
    }

    /// Plays a session whose peer hangs up after it has sent `limit` bytes.
    ///
    /// @return how many bytes the peer sent
    private int playSession(int limit) throws IOException {
        var budget = new ByteBudget(limit);
        try (var peer = ScriptedPeer.start(directory, client -> {
            budget.send(client, ScriptedPeer.GREETING + "\r\n");
            budget.send(client, result(client.command(), "{}"));
            budget.send(client, result(client.command(), "{\"name\": \"vm\"}"));
            budget.send(client, STOP_EVENT);
            budget.send(client, result(client.command(), "{}"));
        })) {
            assertSessionEndsProperly(peer, budget);
        }
        return budget.sent;
    }

    private static void assertSessionEndsProperly(ScriptedPeer peer, ByteBudget budget) {
        QmpSubscription events = null;
        try (var connection = QmpConnection.connect(peer.socket(), soon())) {
            events = connection.subscribe();
            assertThat(connection.execute(new QueryName(), soon())).contains("vm");
            connection.execute(new StopVm(), soon());
            assertThat(events.next(soon())).isPresent();
            assertThat(budget.cut).as("cut after %d bytes", budget.limit).isFalse();
        } catch (QmpException failure) {
            assertThat(failure).as("after %d bytes", budget.limit).isInstanceOf(QmpException.Disconnected.class);
        }
        if (events != null) {
            while (events.next(soon()).isPresent()) {
                // read on to the end
            }
            assertThat(events.end()).containsInstanceOf(QmpSubscription.End.Disconnected.class);
        }
    }

    @Test
    void aSessionThatArrivesByteByByteIsUnderstood() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    sendSlowly(client, ScriptedPeer.GREETING + "\r\n");
                    sendSlowly(client, result(client.command(), "{}"));
                    sendSlowly(client, STOP_EVENT);
                    sendSlowly(client, result(client.command(), "{\"name\": \"grün\"}"));
                    client.awaitEnd();
                });
                var connection = QmpConnection.connect(peer.socket(), soon())) {
            assertThat(connection.execute(new QueryName(), soon())).contains("grün");
        }
    }

    private static final String STOP_EVENT =
            "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}\r\n";

    private static String result(ObjectNode command, String result) {
        return "{\"return\": %s, \"id\": %s}\r\n".formatted(result, command.get("id"));
    }

    private static void sendSlowly(ScriptedPeer.Client client, String text) throws IOException {
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            client.send(new byte[] {one});
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Sends until the limit is reached, and then hangs up. Confined to the peer's thread until that has
    /// ended.
    private static final class ByteBudget {
        private final int limit;
        private volatile int sent;
        private volatile boolean cut;

        ByteBudget(int limit) {
            this.limit = limit;
        }

        void send(ScriptedPeer.Client client, String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int count = Math.min(bytes.length, limit - sent);
            cut = count < bytes.length;
            client.send(Arrays.copyOf(bytes, count));
            sent = sent + count;
            if (sent == limit) {
                throw new IOException("hang up");
            }
        }
    }
}
