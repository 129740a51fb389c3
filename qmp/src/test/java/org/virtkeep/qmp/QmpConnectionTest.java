package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;

@Timeout(60)
class QmpConnectionTest {

    @TempDir
    private Path directory;

    private static Deadline soon() {
        return Deadline.inMillis(30_000);
    }

    private QmpConnection connect(ScriptedPeer peer) throws QmpException {
        return QmpConnection.connect(peer.socket(), soon());
    }

    @Test
    void theGreetingTellsVersionAndCapabilities() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.awaitEnd();
                });
                var connection = connect(peer)) {
            assertThat(connection.greeting().version()).isEqualTo(new QemuVersion(7, 2, 22));
            assertThat(connection.greeting().packageVersion()).isEqualTo("Debian 1:7.2");
            assertThat(connection.greeting().capabilities()).containsExactly("oob");
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void thePeerIsTheProcessThatListens() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.awaitEnd();
                });
                var connection = connect(peer)) {
            assertThat(connection.peer().orElseThrow().user()).isEqualTo(System.getProperty("user.name"));
        }
    }

    @Test
    void aCommandGoesOutAsOneLineWithNameArgumentsAndId() throws IOException, InterruptedException {
        BlockingQueue<ObjectNode> received = new LinkedBlockingQueue<>();
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    while (true) {
                        ObjectNode command = client.command();
                        received.add(command);
                        client.reply(command, "{}");
                    }
                });
                var connection = connect(peer)) {
            connection.execute(new CancelJob("grün\n\"1\""), soon());
            connection.execute(new StopVm(), soon());

            ObjectNode first = received.take();
            assertThat(first.path("execute").asText()).isEqualTo("job-cancel");
            assertThat(first.path("arguments").path("id").asText()).isEqualTo("grün\n\"1\"");
            ObjectNode second = received.take();
            assertThat(second.has("arguments")).isFalse();
            assertThat(second.path("id").longValue()).isEqualTo(first.path("id").longValue() + 1);
        }
    }

    @Test
    void aReplyIsDecoded() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.answerAll("{\"status\": \"io-error\", \"running\": false}");
                });
                var connection = connect(peer)) {
            assertThat(connection.execute(new QueryStatus(), soon())).isEqualTo(new VmStatus(false, RunState.IO_ERROR));
        }
    }

    @Test
    void aRefusalNamesCommandAndReasonAndLeavesTheSessionUsable() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.refuse(client.command("job-cancel"), "Job not found");
                    client.answerAll("{}");
                });
                var connection = connect(peer)) {
            var refusal = catchThrowableOfType(
                    QmpException.Refused.class, () -> connection.execute(new CancelJob("x"), soon()));
            assertThat(refusal).hasMessage("QEMU refused 'job-cancel': Job not found (GenericError)");
            assertThat(refusal.command()).isEqualTo("job-cancel");
            assertThat(refusal.errorClass()).isEqualTo("GenericError");
            assertThat(refusal.description()).isEqualTo("Job not found");
            connection.execute(new StopVm(), soon());
        }
    }

    @Test
    void commandsThatGoTogetherDoNotWaitForEachOther() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    ObjectNode first = client.command("job-cancel");
                    ObjectNode second = client.command("job-dismiss");
                    ObjectNode third = client.command("stop");
                    client.reply(first, "{}");
                    client.refuse(second, "Job not found");
                    client.reply(third, "{}");
                    client.awaitEnd();
                });
                var connection = connect(peer)) {
            var refusals =
                    connection.executeAll(List.of(new CancelJob("x"), new DismissJob("y"), new StopVm()), soon());
            assertThat(refusals).hasSize(3);
            assertThat(refusals.get(0)).isEmpty();
            assertThat(refusals.get(1).orElseThrow().description()).isEqualTo("Job not found");
            assertThat(refusals.get(2)).isEmpty();
            assertThat(connection.executeAll(List.of(), soon())).isEmpty();
        }
    }

    @Test
    void whoSendsCommandsTogetherIsToldOfALostSession() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.reply(client.command("job-cancel"), "{}");
                });
                var connection = connect(peer)) {
            assertThatThrownBy(() -> connection.executeAll(List.of(new CancelJob("x"), new StopVm()), soon()))
                    .isInstanceOf(QmpException.Disconnected.class)
                    .hasMessageContaining("no answer to 'stop'");
        }
    }

    @Test
    void aReplyOfTheWrongShapeClosesTheSession() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.answerAll("{\"status\": 7, \"running\": false}");
                });
                var connection = connect(peer)) {
            assertThatThrownBy(() -> connection.execute(new QueryStatus(), soon()))
                    .isInstanceOf(QmpException.Protocol.class)
                    .hasMessage("malformed reply to 'query-status': 'return.status' is not a string");
            assertThat(connection.isOpen()).isFalse();
            assertThatThrownBy(() -> connection.execute(new StopVm(), soon()))
                    .isInstanceOf(QmpException.Protocol.class)
                    .hasMessageContaining("query-status");
        }
    }

    @Test
    void aLateReplyToATimedOutCallIsDropped() throws IOException {
        var timedOut = new CountDownLatch(1);
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    JsonNode slow = client.command("query-name");
                    await(timedOut);
                    client.reply(slow, "{\"name\": \"late\"}");
                    client.answerAll("{\"name\": \"in time\"}");
                });
                var connection = connect(peer)) {
            assertThatThrownBy(() -> connection.execute(new QueryName(), Deadline.inMillis(50)))
                    .isInstanceOf(QmpException.TimedOut.class)
                    .hasMessageContaining("'query-name' had no reply")
                    .hasMessageContaining("within 50 ms");
            timedOut.countDown();
            assertThat(connection.execute(new QueryName(), soon())).contains("in time");
        }
    }

    @Test
    void whatAnEarlierClientLeftBehindIsNotTakenForOurAnswer() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.sendLine("{\"return\": {\"name\": \"of another session\"}, \"id\": 0}");
                    client.event("STOP", "{}");
                    client.sendLine(ScriptedPeer.GREETING);
                    ObjectNode negotiation = client.command("qmp_capabilities");
                    client.sendLine("{\"return\": {\"name\": \"of another session\"}, \"id\": 1}");
                    client.sendLine("{\"return\": {}, \"id\": \"libvirt-17\"}");
                    client.sendLine("{\"return\": {}}");
                    client.sendLine("{\"error\": {\"class\": \"GenericError\", \"desc\": \"old\"}}");
                    client.event("STOP", "{}");
                    client.reply(negotiation, "{}");
                    client.answerAll("{\"name\": \"ours\"}");
                });
                var connection = connect(peer)) {
            assertThat(connection.execute(new QueryName(), soon())).contains("ours");
        }
    }

    @Test
    void onlyTheFirstNumberIsLong() throws IOException, InterruptedException {
        BlockingQueue<Long> ids = new LinkedBlockingQueue<>();
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.sendLine(ScriptedPeer.GREETING);
                    while (true) {
                        ObjectNode command = client.command();
                        ids.add(command.get("id").longValue());
                        client.reply(command, "{}");
                    }
                });
                var connection = connect(peer)) {
            connection.execute(new StopVm(), soon());
            connection.execute(new StopVm(), soon());
        }
        assertThat(ids.take()).isGreaterThan(1L << 50);
        assertThat(ids).containsExactly(1L, 2L);
    }

    @Test
    void whatIsAskedAheadIsSentBeforeTheFirstAnswer() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    ObjectNode first = client.command("query-name");
                    ObjectNode second = client.command("job-cancel");
                    ObjectNode third = client.command("query-name");
                    client.reply(third, "{\"name\": \"third\"}");
                    client.refuse(second, "Job not found");
                    client.reply(first, "{\"name\": \"first\"}");
                });
                var connection = connect(peer)) {
            var first = connection.send(new QueryName());
            var second = connection.send(new CancelJob("x"));
            var third = connection.send(new QueryName());
            assertThat(first.await(soon())).contains("first");
            assertThatThrownBy(() -> second.await(soon())).hasMessageContaining("Job not found");
            assertThat(third.await(soon())).contains("third");
        }
    }

    @Test
    void twoSessionsDoNotUseTheSameIds() throws IOException, InterruptedException {
        BlockingQueue<Long> ids = new LinkedBlockingQueue<>();
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.sendLine(ScriptedPeer.GREETING);
            ObjectNode negotiation = client.command();
            ids.add(negotiation.get("id").longValue());
            client.reply(negotiation, "{}");
            client.awaitEnd();
        })) {
            connect(peer).close();
            connect(peer).close();
        }
        assertThat(ids.take()).isNotEqualTo(ids.take());
    }

    @Test
    void closingFailsWaitingAndLaterCallsAndIsIdempotent() throws Exception {
        var asked = new CountDownLatch(1);
        try (var peer = ScriptedPeer.start(directory, client -> {
            client.greetAndNegotiate();
            client.command();
            asked.countDown();
            client.awaitEnd();
        })) {
            QmpConnection connection = connect(peer);
            var waiting = Background.run(() -> connection.execute(new StopVm(), soon()));
            asked.await();
            connection.close();
            connection.close();

            assertThat(waiting.failure())
                    .isInstanceOf(QmpException.Disconnected.class)
                    .hasMessageContaining("'stop'")
                    .hasMessageContaining("was closed");
            assertThatThrownBy(() -> connection.execute(new StopVm(), soon()))
                    .isInstanceOf(QmpException.Disconnected.class)
                    .hasMessageContaining("was closed");
            assertThat(connection.isOpen()).isFalse();
            QmpSubscription late = connection.subscribe();
            assertThat(late.next(soon())).isEmpty();
            assertThat(late.end()).containsInstanceOf(QmpSubscription.End.Disconnected.class);
        }
    }

    @Test
    void anInterruptEndsNeitherTheWaitNorTheSession() throws Exception {
        var asked = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    JsonNode command = client.command();
                    asked.countDown();
                    await(interrupted);
                    client.reply(command, "{\"name\": \"vm\"}");
                    client.answerAll("{\"name\": \"vm\"}");
                });
                var connection = connect(peer)) {
            var call = Background.run(() -> {
                assertThat(connection.execute(new QueryName(), soon())).contains("vm");
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                assertThat(connection.execute(new QueryName(), soon())).contains("vm");
            });
            asked.await();
            call.interrupt();
            interrupted.countDown();
            call.join();
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void aCharacterThatQemuDoesNotAcceptIsRefusedAndNothingIsSent() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.reply(client.command("stop"), "{}");
                    client.awaitEnd();
                });
                var connection = connect(peer)) {
            for (String text : List.of("\ud800", "a\udc00b", "\uffff", "\ufdd0", "\ud83f\udffe")) {
                assertThatThrownBy(() -> connection.execute(new CancelJob(text), soon()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("a command cannot hold the character U+%04X"
                                .formatted(text.codePointAt(text.startsWith("a") ? 1 : 0)));
            }
            connection.execute(new StopVm(), soon());
        }
    }

    @Test
    void nobodyListensIsADisconnect() {
        assertThatThrownBy(() -> QmpConnection.connect(directory.resolve("none"), soon()))
                .isInstanceOf(QmpException.Disconnected.class)
                .hasMessageContaining("cannot connect to monitor socket")
                .hasMessageContaining("none");
    }

    @Test
    void aPathTooLongForASocketIsADisconnect() {
        assertThatThrownBy(() -> QmpConnection.connect(directory.resolve("x".repeat(200)), soon()))
                .isInstanceOf(QmpException.Disconnected.class)
                .hasMessageContaining("too long");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
