package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;

@Timeout(60)
class QmpSubscriptionTest {

    @TempDir
    private Path directory;

    private static Deadline soon() {
        return Deadline.inMillis(30_000);
    }

    private static QmpEvent event(String name) {
        return new QmpEvent(name, Json.object(), Instant.EPOCH);
    }

    @Test
    void anEventHasNameDataAndQemusTime() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.reply(client.command("stop"), "{}");
                    client.event("JOB_STATUS_CHANGE", "{\"id\": \"job0\", \"status\": \"created\"}");
                    client.sendLine("{\"event\": \"STOP\", \"timestamp\": {\"seconds\": -1, \"microseconds\": -1}}");
                    client.awaitEnd();
                });
                var connection = QmpConnection.connect(peer.socket(), soon());
                var events = connection.subscribe()) {
            connection.execute(new StopVm(), soon());

            QmpEvent first = events.next(soon()).orElseThrow();
            assertThat(first.name()).isEqualTo("JOB_STATUS_CHANGE");
            assertThat(first.data().path("id").asText()).isEqualTo("job0");
            assertThat(first.time()).isEqualTo(Instant.parse("2023-11-14T22:13:20.123456Z"));
            QmpEvent second = events.next(soon()).orElseThrow();
            assertThat(second.data().isEmpty()).isTrue();
        }
    }

    @Test
    void everySubscriptionGetsAllEvents() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.reply(client.command("stop"), "{}");
                    client.event("A", "{}");
                    client.event("B", "{}");
                    client.awaitEnd();
                });
                var connection = QmpConnection.connect(peer.socket(), soon());
                var first = connection.subscribe();
                var second = connection.subscribe()) {
            connection.execute(new StopVm(), soon());
            for (QmpSubscription subscription : List.of(first, second)) {
                assertThat(subscription.next(soon()).orElseThrow().name()).isEqualTo("A");
                assertThat(subscription.next(soon()).orElseThrow().name()).isEqualTo("B");
            }
        }
    }

    @Test
    void aSlowReaderIsToldThatEventsWereLostAndOthersAreNotDisturbed() throws Exception {
        var sent = new CountDownLatch(1);
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.reply(client.command("stop"), "{}");
                    for (int i = 0; i <= QmpConnection.EVENT_CAPACITY; i++) {
                        client.event("E", "{\"number\": " + i + "}");
                    }
                    client.answerAll("{}");
                });
                var connection = QmpConnection.connect(peer.socket(), soon());
                var slow = connection.subscribe();
                var fast = connection.subscribe()) {
            var reader = Background.run(() -> {
                for (int i = 0; i <= QmpConnection.EVENT_CAPACITY; i++) {
                    assertThat(fast.next(soon())
                                    .orElseThrow()
                                    .data()
                                    .path("number")
                                    .asInt())
                            .isEqualTo(i);
                }
                sent.countDown();
            });
            connection.execute(new StopVm(), soon());
            sent.await();
            reader.join();

            assertThat(slow.end()).contains(new QmpSubscription.End.Overflow(QmpConnection.EVENT_CAPACITY));
            for (int i = 0; i < QmpConnection.EVENT_CAPACITY; i++) {
                assertThat(slow.next(soon()).orElseThrow().data().path("number").asInt())
                        .isEqualTo(i);
            }
            assertThat(slow.next(soon())).isEmpty();
            assertThat(fast.end()).isEmpty();
            connection.execute(new ContinueVm(), soon());
        }
    }

    @Test
    void whatCameBeforeADisconnectIsStillDelivered() throws IOException {
        try (var peer = ScriptedPeer.start(directory, client -> {
                    client.greetAndNegotiate();
                    client.command("quit");
                    client.event("SHUTDOWN", "{}");
                });
                var connection = QmpConnection.connect(peer.socket(), soon());
                var events = connection.subscribe()) {
            Background.run(() -> connection.execute(new QuitQemu(), soon()));

            assertThat(events.next(soon()).orElseThrow().name()).isEqualTo("SHUTDOWN");
            assertThat(events.next(soon())).isEmpty();
            assertThat(events.end()).containsInstanceOf(QmpSubscription.End.Disconnected.class);
        }
    }

    @Test
    void waitingEndsWithTheDeadline() {
        var queue = new EventQueue(1);
        assertThat(queue.next(Deadline.inMillis(20))).isEmpty();
        assertThat(queue.end()).isEmpty();
    }

    @Test
    void closingWakesTheReaderAndForgetsWhatIsQueued() throws InterruptedException {
        var queue = new EventQueue(10);
        var waiting = Background.run(() -> assertThat(queue.next(soon())).isEmpty());
        queue.close();
        waiting.join();
        assertThat(queue.offer(event("A"))).isFalse();
        assertThat(queue.next(soon())).isEmpty();
        assertThat(queue.end()).contains(new QmpSubscription.End.Closed());
    }

    @Test
    void theFirstReasonToEndIsKept() {
        var queue = new EventQueue(1);
        assertThat(queue.offer(event("A"))).isTrue();
        assertThat(queue.offer(event("B"))).isFalse();
        queue.finish(new QmpSubscription.End.Disconnected(new QmpException.Disconnected("gone")));
        assertThat(queue.end()).contains(new QmpSubscription.End.Overflow(1));
        assertThat(queue.next(soon()).map(QmpEvent::name)).isEqualTo(Optional.of("A"));
        assertThat(queue.next(soon())).isEmpty();
    }

    @Test
    void anInterruptIsKeptAndDoesNotEndTheWait() throws InterruptedException {
        var queue = new EventQueue(1);
        var reader = Background.run(() -> {
            Thread.currentThread().interrupt();
            assertThat(queue.next(soon())).isPresent();
            assertThat(Thread.interrupted()).isTrue();
        });
        queue.offer(event("A"));
        reader.join();
    }
}
