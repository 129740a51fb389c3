package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;

@Timeout(120)
class QmpConcurrencyTest {
    private static final int CALLERS = 50;
    private static final int CALLS_EACH = 100;

    @TempDir
    private Path directory;

    private static Deadline soon() {
        return Deadline.inMillis(60_000);
    }

    /// Every command comes back with its own argument.
    private record Echo(String text) implements QmpCommand<String> {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public ObjectNode arguments() {
            return Json.object("text", text);
        }

        @Override
        public String decode(JsonNode result) {
            return result.textValue();
        }
    }

    @Test
    void everyCallerGetsItsOwnReplyWhateverTheOrder() throws Exception {
        long seed = Long.getLong("property.seed", System.nanoTime());
        System.out.println("everyCallerGetsItsOwnReplyWhateverTheOrder: -Dproperty.seed=" + seed);
        try (var peer = ScriptedPeer.start(directory, client -> echoInAnyOrder(client, new Random(seed)));
                var connection = QmpConnection.connect(peer.socket(), soon())) {
            QmpSubscription events = connection.subscribe();
            List<Background> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                String name = "caller " + caller;
                callers.add(Background.run(() -> callManyTimes(connection, name)));
            }
            for (Background caller : callers) {
                caller.join();
            }
            for (int i = 0; i < CALLERS * CALLS_EACH; i++) {
                QmpEvent event = events.next(soon()).orElseThrow();
                assertThat(event.data().path("number").asInt()).isEqualTo(i);
            }
        }
    }

    private static void callManyTimes(QmpConnection connection, String name) throws IOException {
        for (int i = 0; i < CALLS_EACH; i++) {
            String text = name + ", call " + i;
            assertThat(connection.execute(new Echo(text), soon())).isEqualTo(text);
        }
    }

    /// Answers as soon as every caller waits, in any order, with an event before each answer. Each caller
    /// waits for its answer before it asks again, so there is one command of each in a round.
    private static void echoInAnyOrder(ScriptedPeer.Client client, Random random) throws IOException {
        client.greetAndNegotiate();
        int events = 0;
        for (int round = 0; round < CALLS_EACH; round++) {
            List<ObjectNode> commands = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                commands.add(client.command("echo"));
            }
            Collections.shuffle(commands, random);
            for (ObjectNode command : commands) {
                client.event("ECHO", "{\"number\": " + events++ + "}");
                client.reply(command, command.get("arguments").get("text").toString());
            }
        }
        client.awaitEnd();
    }

    @Test
    void callsThatRaceWithCloseAllEnd() throws Exception {
        for (int round = 0; round < 50; round++) {
            try (var peer = ScriptedPeer.start(directory, client -> {
                client.greetAndNegotiate();
                client.answerAll("\"echo\"");
            })) {
                QmpConnection connection = QmpConnection.connect(peer.socket(), soon());
                List<Background> callers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    callers.add(Background.run(() -> callUntilClosed(connection)));
                }
                connection.execute(new Echo("echo"), soon());
                connection.close();
                for (Background caller : callers) {
                    assertThat(caller.failure()).isInstanceOf(QmpException.Disconnected.class);
                }
            }
        }
    }

    private static void callUntilClosed(QmpConnection connection) throws QmpException {
        while (true) {
            connection.execute(new Echo("echo"), soon());
        }
    }
}
