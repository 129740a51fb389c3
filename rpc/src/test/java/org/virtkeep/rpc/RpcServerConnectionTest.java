package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Await;

/// A server made of the dispatcher, as clients see it.
@Timeout(60)
class RpcServerConnectionTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final DomainRef DOMAIN = new DomainRef("guest", new UUID(1, 2), 3);

    @TempDir
    private Path directory;

    private TestServer<RpcServerConnection> server;

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void answersInTheOrderInWhichHandlersFinish() throws Exception {
        var slow = new CountDownLatch(1);
        start(builder().on(LibvirtProgram.CONNECT_GET_URI, (_, _) -> after(slow, "slow")));
        try (RawPeer peer = server.connectRaw()) {
            peer.call(LibvirtProgram.CONNECT_GET_URI, Nothing.NOTHING, 1);
            peer.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, 2);
            assertThat(peer.receive().orElseThrow().header().serial()).isEqualTo(2);
            slow.countDown();
            assertThat(peer.receive().orElseThrow().read(XdrCodec.STRING)).isEqualTo("slow");
        }
    }

    @Test
    void readsNoMoreCallsThanItsLimit() throws Exception {
        var entered = new Semaphore(0);
        var leave = new CountDownLatch(1);
        start(builder().on(LibvirtProgram.CONNECT_GET_URI, (_, _) -> {
            entered.release();
            return after(leave, "done");
        }));
        try (RawPeer peer = server.connectRaw()) {
            for (int serial = 0; serial < 8; serial++) {
                peer.call(LibvirtProgram.CONNECT_GET_URI, Nothing.NOTHING, serial);
            }
            assertThat(entered.tryAcquire(5, 30, TimeUnit.SECONDS)).isTrue();
            assertThat(entered.tryAcquire(100, TimeUnit.MILLISECONDS))
                    .as("a sixth call is served")
                    .isFalse();
            leave.countDown();
            for (int serial = 0; serial < 8; serial++) {
                assertThat(peer.receive()).isPresent();
            }
        }
    }

    @Test
    void aHandlersBugIsAnsweredAndHarmsNoLaterCall() throws Exception {
        start(builder().on(LibvirtProgram.CONNECT_GET_URI, (_, _) -> {
            throw new IllegalStateException("a bug");
        }));
        try (RpcClient client = server.connect()) {
            assertThatThrownBy(() -> call(client, LibvirtProgram.CONNECT_GET_URI))
                    .isInstanceOfSatisfying(
                            RpcException.Refused.class,
                            e -> assertThat(e.toVirtException().code()).isEqualTo(ErrorCode.INTERNAL_ERROR));
            assertThat(call(client, LibvirtProgram.CONNECT_GET_HOSTNAME)).isEqualTo("host");
        }
    }

    @Test
    void aReplyThatTheProtocolCannotCarryIsAnError() throws Exception {
        start(builder().on(LibvirtProgram.CONNECT_GET_URI, (_, _) -> "x".repeat(Limits.STRING_BYTES + 1)));
        try (RpcClient client = server.connect()) {
            assertThatThrownBy(() -> call(client, LibvirtProgram.CONNECT_GET_URI))
                    .isInstanceOf(RpcException.Refused.class)
                    .hasMessage("Unable to encode message payload");
            assertThat(call(client, LibvirtProgram.CONNECT_GET_HOSTNAME)).isEqualTo("host");
        }
    }

    @Test
    void theGateIsAskedBeforeTheArgumentsAreLookedAt() throws Exception {
        start(builder()
                .gate((_, procedure) -> {
                    if (procedure == LibvirtProgram.DOMAIN_DEFINE_XML) {
                        RpcDispatcher.refuseChanges(procedure);
                    }
                })
                .on(LibvirtProgram.DOMAIN_DEFINE_XML, (_, _) -> DOMAIN));
        try (RawPeer peer = server.connectRaw()) {
            peer.send("0000001c 20008086 00000001 0000000b 00000000 00000001 00000000 # no argument");
            WireError error = peer.receive().orElseThrow().read(WireError.CODEC);
            assertThat(error.text()).isEqualTo("operation forbidden: read only access prevents virDomainDefineXML");
            assertThat(error.domain()).isEqualTo(20);
        }
    }

    @Test
    void refusesDescriptorsAndGoesOn() throws Exception {
        start(builder());
        try (RawPeer peer = server.connectRaw()) {
            peer.send("00000020 20008086 00000001 0000003b 00000004 00000001 00000000 00000002 # two descriptors");
            peer.send("00 00 # the byte that comes with each");
            peer.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, 2);
            for (int i = 0; i < 2; i++) {
                Packet answer = peer.receive().orElseThrow();
                if (answer.header().serial() == 1) {
                    assertThat(answer.read(WireError.CODEC).code()).isEqualTo(74);
                } else {
                    assertThat(answer.read(XdrCodec.STRING)).isEqualTo("host");
                }
            }
            peer.send("00000020 20008086 00000001 0000003b 00000004 00000001 00000000 00000021 # 33 are too many");
            assertThat(peer.receive()).isEmpty();
        }
    }

    @Test
    void closesAfterAnsweringClose() throws Exception {
        start(builder().run(LibvirtProgram.CONNECT_CLOSE, (_, _) -> {}));
        try (RawPeer peer = server.connectRaw()) {
            peer.call(LibvirtProgram.CONNECT_CLOSE, Nothing.NOTHING, 1);
            assertThat(peer.receive().orElseThrow().header().status()).isEqualTo(MessageHeader.OK);
            assertThat(peer.receive()).isEmpty();
        }
    }

    @Test
    void takesLargePacketsOnlyWhenToldTo() throws Exception {
        start(builder()
                .run(LibvirtProgram.CONNECT_OPEN, (connection, _) -> connection.acceptLargePackets())
                .on(LibvirtProgram.DOMAIN_DEFINE_XML, (_, _) -> DOMAIN));
        String large = "x".repeat(Limits.STRING_BYTES);
        try (RpcClient early = server.connect()) {
            assertThatThrownBy(() -> early.call(LibvirtProgram.DOMAIN_DEFINE_XML, large, deadline()))
                    .isInstanceOf(RpcException.Disconnected.class);
        }
        try (RpcClient client = server.connect()) {
            client.call(LibvirtProgram.CONNECT_OPEN, new ConnectMessages.Open(Optional.empty(), 0), deadline());
            for (int i = 0; i < 3; i++) {
                assertThat(client.call(LibvirtProgram.DOMAIN_DEFINE_XML, large, deadline()))
                        .isEqualTo(DOMAIN);
            }
        }
        assertEveryConnectionIsForgotten();
    }

    @Test
    void sendsEventsInOrder() throws Exception {
        start(builder().on(LibvirtProgram.CONNECT_GET_URI, (connection, _) -> {
            for (int detail = 0; detail < 100; detail++) {
                connection.send(LibvirtEvents.LIFECYCLE, new GuestEvent.Lifecycle(1, DOMAIN, 0, detail));
            }
            return "";
        }));
        try (RpcClient client = server.connect()) {
            EventQueue events = client.subscribe(100);
            call(client, LibvirtProgram.CONNECT_GET_URI);
            for (int detail = 0; detail < 100; detail++) {
                assertThat(events.next(deadline()))
                        .contains(new EventQueue.Item.Arrived(new GuestEvent.Lifecycle(1, DOMAIN, 0, detail)));
            }
        }
    }

    @Test
    void cutsOffAClientThatDoesNotReadItsEvents() throws Exception {
        start(builder(), new ServerLimits(5, 64 * 1024, Duration.ofMinutes(10)));
        try (RawPeer deaf = server.connectRaw();
                RpcClient other = server.connect()) {
            deaf.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, 1);
            assertThat(deaf.receive()).isPresent();
            call(other, LibvirtProgram.CONNECT_GET_HOSTNAME);
            RpcServerConnection connection = server.connections.peek();
            var event = new GuestEvent.Lifecycle(1, new DomainRef("x".repeat(1_000), new UUID(1, 2), 3), 0, 0);
            int sent = 0;
            while (connection.send(LibvirtEvents.LIFECYCLE, event)) {
                sent++;
                assertThat(sent).as("events that wait in bounded memory").isLessThan(10_000);
            }
            assertThat(connection.awaitEnd(deadline()).orElseThrow()).hasMessageContaining("does not read its events");
            assertThat(call(other, LibvirtProgram.CONNECT_GET_HOSTNAME)).isEqualTo("host");
        }
    }

    @Test
    void cutsOffAClientThatDoesNotReadItsReplies() throws Exception {
        String large = "x".repeat(Limits.STRING_BYTES);
        start(builder().on(LibvirtProgram.CONNECT_GET_URI, (_, _) -> large), impatient());
        try (RawPeer deaf = server.connectRaw();
                RpcClient other = server.connect()) {
            for (int serial = 0; serial < 100; serial++) {
                deaf.call(LibvirtProgram.CONNECT_GET_URI, Nothing.NOTHING, serial);
            }
            awaitConnections(2);
            RpcServerConnection connection = server.connections.peek();
            assertThat(call(other, LibvirtProgram.CONNECT_GET_HOSTNAME)).isEqualTo("host");
            assertThat(connection.awaitEnd(deadline())).isPresent();
            assertThat(call(other, LibvirtProgram.CONNECT_GET_HOSTNAME)).isEqualTo("host");
        }
    }

    @Test
    void cutsOffAClientThatLeavesAPacketUnfinished() throws Exception {
        start(builder(), impatient());
        try (RawPeer slow = server.connectRaw()) {
            slow.send("0000001c 20008086 00000001 0000003b");
            assertThat(slow.receive()).isEmpty();
        }
    }

    @Test
    void cutsOffAClientThatDoesNotAnswerPings() throws Exception {
        start(builder()
                .run(LibvirtProgram.CONNECT_CLOSE, (_, _) -> {})
                .on(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, (connection, _) -> {
                    connection.startKeepAlive(new KeepAlive(Duration.ofMillis(20), 2));
                    return true;
                }));
        try (RawPeer peer = server.connectRaw()) {
            peer.call(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, LibvirtProgram.FEATURE_KEEPALIVE, 1);
            assertThat(peer.receive().orElseThrow().header().serial()).isEqualTo(1);
            assertThat(Pulse.isKeepAlive(peer.receive().orElseThrow().header())).isTrue();
            assertThat(Pulse.isKeepAlive(peer.receive().orElseThrow().header())).isTrue();
            assertThat(peer.receive()).isEmpty();
        }
    }

    @Test
    void answersPingsWhileACallIsServed() throws Exception {
        var leave = new CountDownLatch(1);
        start(builder().on(LibvirtProgram.CONNECT_GET_URI, (_, _) -> after(leave, "done")));
        try (RawPeer peer = server.connectRaw()) {
            peer.call(LibvirtProgram.CONNECT_GET_URI, Nothing.NOTHING, 1);
            peer.send(Pulse.ping());
            assertThat(Pulse.isKeepAlive(peer.receive().orElseThrow().header())).isTrue();
            leave.countDown();
            assertThat(peer.receive().orElseThrow().header().serial()).isEqualTo(1);
        }
    }

    @Test
    void refusesTwoHandlersForOneProcedure() {
        assertThatThrownBy(() -> builder().on(LibvirtProgram.CONNECT_GET_HOSTNAME, (_, _) -> "other"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anErrorTextOfAnyKindReachesTheClient() throws Exception {
        start(builder().on(LibvirtProgram.CONNECT_GET_URI, (_, _) -> {
            throw VirtException.qemu(ErrorCode.OPERATION_FAILED, "a\0b" + "x".repeat(10_000_000));
        }));
        try (RpcClient client = server.connect()) {
            assertThatThrownBy(() -> call(client, LibvirtProgram.CONNECT_GET_URI))
                    .isInstanceOfSatisfying(
                            RpcException.Refused.class,
                            e -> assertThat(e.error().text()).startsWith("operation failed: a bxxx"));
        }
    }

    private void assertEveryConnectionIsForgotten() {
        awaitConnections(0);
        Await.until("all memory given back", LIMIT, () -> server.budget.freeBytes() == TestServer.BUDGET_BYTES);
    }

    private void awaitConnections(int count) {
        Await.until(count + " connections", LIMIT, () -> server.connections.size() == count);
    }

    private void start(RpcDispatcher.Builder<RpcServerConnection> builder) throws IOException {
        start(builder, ServerLimits.DEFAULT);
    }

    private void start(RpcDispatcher.Builder<RpcServerConnection> builder, ServerLimits limits) throws IOException {
        server = TestServer.start(directory.resolve("socket"), builder.build(), Function.identity(), limits);
    }

    private static RpcDispatcher.Builder<RpcServerConnection> builder() {
        return RpcDispatcher.<RpcServerConnection>builder().on(LibvirtProgram.CONNECT_GET_HOSTNAME, (_, _) -> "host");
    }

    private static ServerLimits impatient() {
        return new ServerLimits(5, 64 * 1024, Duration.ofMillis(300));
    }

    private static <R> R call(RpcClient client, Procedure<Nothing, R> procedure) throws RpcException {
        return client.call(procedure, Nothing.NOTHING, deadline());
    }

    private static String after(CountDownLatch latch, String answer) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            return answer;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Deadline deadline() {
        return Deadline.in(LIMIT);
    }
}
