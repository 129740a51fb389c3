package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;

/// The client against a server whose every byte the test decides.
@Timeout(60)
class RpcClientTest {
    private static final DomainRef DOMAIN = new DomainRef("guest", new UUID(1, 2), 3);

    @TempDir
    private Path directory;

    private ServerSocketChannel listener;
    private RpcClient client;
    private RawPeer server;
    private ExecutorService callers;

    @BeforeEach
    void connect() throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Path socket = directory.resolve("socket");
        listener.bind(UnixDomainSocketAddress.of(socket));
        client = RpcClient.connect(socket, seconds(10));
        server = RawPeer.of(listener.accept());
        callers = Executors.newVirtualThreadPerTaskExecutor();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        server.close();
        listener.close();
        callers.close();
    }

    @Test
    void matchesRepliesBySerialInWhateverOrderTheyCome() throws Exception {
        Future<String> name = callers.submit(hostname());
        MessageHeader first = server.receive().orElseThrow().header();
        Future<String> type =
                callers.submit(() -> client.call(LibvirtProgram.CONNECT_GET_TYPE, Nothing.NOTHING, seconds(30)));
        MessageHeader second = server.receive().orElseThrow().header();
        server.send(second.reply(MessageHeader.OK).packet("QEMU", XdrCodec.STRING));
        server.send(first.reply(MessageHeader.OK).packet("host", XdrCodec.STRING));
        assertThat(type.get()).isEqualTo("QEMU");
        assertThat(name.get()).isEqualTo("host");
        assertThat(second.serial()).isEqualTo(first.serial() + 1);
    }

    @Test
    void aCallWhileTheConnectionEndsIsToldWhy() throws Exception {
        var ending = new Semaphore(0);
        var tried = new Semaphore(0);
        RpcTransport gone = RpcTransport.of(InputStream.nullInputStream(), OutputStream.nullOutputStream(), () -> {
            ending.release();
            tried.acquireUninterruptibly();
        });
        try (var leaving = RpcClient.over(gone)) {
            ending.acquire();
            assertThatThrownBy(() -> leaving.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, seconds(30)))
                    .isInstanceOf(RpcException.Disconnected.class);
            tried.release();
        }
    }

    /// The JVM would wait at its end for one that is in native code.
    @Test
    void noThreadOfAClosedClientReadsOn() throws Exception {
        assertThat(answered(callers.submit(hostname()), "host")).isEqualTo("host");
        client.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("rpc-client-") && name.endsWith("-reader"));
    }

    @Test
    void aRefusedCallLeavesTheConnectionUsable() throws Exception {
        Future<String> refused = callers.submit(hostname());
        MessageHeader call = server.receive().orElseThrow().header();
        server.send(call.reply(MessageHeader.ERROR).packet(WireError.unknownProcedure(59), WireError.CODEC));
        assertThatThrownBy(refused::get)
                .cause()
                .isInstanceOfSatisfying(
                        RpcException.Refused.class,
                        e -> assertThat(e.error().isUnknownProcedure()).isTrue());
        assertThat(answered(callers.submit(hostname()), "host")).isEqualTo("host");
    }

    @Test
    void aReplyThatIsNotOneLeavesTheConnectionUsable() throws Exception {
        Future<String> name = callers.submit(hostname());
        MessageHeader call = server.receive().orElseThrow().header();
        server.send(call.reply(MessageHeader.OK).packet(-1, XdrCodec.INT32));
        assertThatThrownBy(name::get).hasCauseInstanceOf(RpcException.BadReply.class);
        Future<String> odd = callers.submit(hostname());
        server.send(server.receive().orElseThrow().header().reply(2).emptyPacket());
        assertThatThrownBy(odd::get)
                .hasCauseInstanceOf(RpcException.BadReply.class)
                .hasMessageContaining("unknown status 2");
        assertThat(answered(callers.submit(hostname()), "host")).isEqualTo("host");
    }

    @Test
    void aLateReplyIsNotTakenForAnother() throws Exception {
        assertThatThrownBy(
                        () -> client.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, Deadline.inMillis(30)))
                .isInstanceOf(RpcException.NoReply.class);
        MessageHeader late = server.receive().orElseThrow().header();
        Future<String> next = callers.submit(hostname());
        MessageHeader call = server.receive().orElseThrow().header();
        server.send(late.reply(MessageHeader.OK).packet("late", XdrCodec.STRING));
        server.send(call.reply(MessageHeader.OK).packet("host", XdrCodec.STRING));
        assertThat(next.get()).isEqualTo("host");
    }

    @Test
    void noMoreCallsAreInFlightThanLibvirtdReads() throws Exception {
        var waiting = new ArrayList<Future<String>>();
        for (int i = 0; i < RpcClient.CALLS_IN_FLIGHT; i++) {
            waiting.add(callers.submit(hostname()));
        }
        assertThat(received(RpcClient.CALLS_IN_FLIGHT)).hasSize(RpcClient.CALLS_IN_FLIGHT);
        assertThatThrownBy(
                        () -> client.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, Deadline.inMillis(30)))
                .isInstanceOf(RpcException.NoReply.class)
                .hasMessage("CONNECT_GET_HOSTNAME was not sent: 5 earlier calls have no reply yet");
        server.close();
        for (Future<String> call : waiting) {
            assertThatThrownBy(call::get).hasCauseInstanceOf(RpcException.Disconnected.class);
        }
    }

    @Test
    void theEndOfTheConnectionFailsEveryWaitingCallAndAllLaterOnes() throws Exception {
        Future<String> one = callers.submit(hostname());
        Future<String> other = callers.submit(hostname());
        received(2);
        server.close();
        assertThatThrownBy(one::get).hasCauseInstanceOf(RpcException.Disconnected.class);
        assertThatThrownBy(other::get).hasCauseInstanceOf(RpcException.Disconnected.class);
        assertThatThrownBy(() -> hostname().call())
                .isInstanceOf(RpcException.Disconnected.class)
                .hasMessageContaining("closed by the server");
        assertThat(client.ended()).isPresent();
    }

    @Test
    void closingFailsWaitingCalls() throws Exception {
        Future<String> waiting = callers.submit(hostname());
        server.receive();
        client.close();
        assertThatThrownBy(waiting::get)
                .hasCauseInstanceOf(RpcException.Disconnected.class)
                .hasMessageContaining("closed by this side");
    }

    @Test
    void aReplyThatNobodyWaitsForEndsTheConnection() throws Exception {
        Future<String> waiting = callers.submit(hostname());
        MessageHeader call = server.receive().orElseThrow().header();
        var other = new MessageHeader(call.program(), 1, call.procedure() + 1, MessageType.REPLY, call.serial(), 0);
        server.send(other.packet("host", XdrCodec.STRING));
        assertThatThrownBy(waiting::get)
                .hasCauseInstanceOf(RpcException.Disconnected.class)
                .hasMessageContaining("no call waits for");
    }

    @Test
    void deliversEventsInTheirOrderToEverySubscriber() throws Exception {
        EventQueue one = client.subscribe(10);
        EventQueue other = client.subscribe(10);
        for (int detail = 0; detail < 3; detail++) {
            server.send(event(detail));
        }
        for (EventQueue queue : List.of(one, other)) {
            for (int detail = 0; detail < 3; detail++) {
                assertThat(queue.next(seconds(10)))
                        .contains(new EventQueue.Item.Arrived(new GuestEvent.Lifecycle(1, DOMAIN, 2, detail)));
            }
        }
        one.close();
        server.send(event(9));
        assertThat(other.next(seconds(10))).isPresent();
        assertThat(one.next(Deadline.inMillis(1))).isEmpty();
    }

    @Test
    void tellsASubscriberThatStayedAwayThatEventsWereLost() throws Exception {
        EventQueue small = client.subscribe(2);
        EventQueue large = client.subscribe(10);
        for (int detail = 0; detail < 5; detail++) {
            server.send(event(detail));
        }
        for (int detail = 0; detail < 5; detail++) {
            assertThat(large.next(seconds(10))).isPresent();
        }
        assertThat(small.next(seconds(10)))
                .contains(new EventQueue.Item.Arrived(new GuestEvent.Lifecycle(1, DOMAIN, 2, 0)));
        assertThat(small.next(seconds(10)))
                .contains(new EventQueue.Item.Arrived(new GuestEvent.Lifecycle(1, DOMAIN, 2, 1)));
        assertThat(small.next(seconds(10))).contains(new EventQueue.Item.Lost());
        assertThat(small.next(seconds(10))).contains(new EventQueue.Item.Lost());
    }

    @Test
    void tellsSubscribersThatTheConnectionEnded() throws Exception {
        EventQueue before = client.subscribe(10);
        server.send(event(0));
        server.close();
        assertThat(before.next(seconds(10))).containsInstanceOf(EventQueue.Item.Arrived.class);
        assertThat(before.next(seconds(10))).containsInstanceOf(EventQueue.Item.Ended.class);
        assertThat(client.subscribe(1).next(seconds(10))).containsInstanceOf(EventQueue.Item.Ended.class);
    }

    @Test
    void skipsEventsItDoesNotKnow() throws Exception {
        EventQueue queue = client.subscribe(10);
        server.send("0000001c 20008086 00000001 000001c5 00000002 00000001 00000000 # 453, newer than 9.0");
        server.send(event(7));
        assertThat(queue.next(seconds(10)))
                .contains(new EventQueue.Item.Arrived(new GuestEvent.Lifecycle(1, DOMAIN, 2, 7)));
    }

    @Test
    void anEventThatCannotBeReadEndsTheConnection() throws Exception {
        EventQueue queue = client.subscribe(10);
        server.send("0000001c 20008086 00000001 0000013e 00000002 00000001 00000000");
        assertThat(queue.next(seconds(10))).containsInstanceOf(EventQueue.Item.Ended.class);
    }

    @Test
    void answersPings() throws Exception {
        server.send(Pulse.ping());
        MessageHeader pong = server.receive().orElseThrow().header();
        assertThat(Pulse.isKeepAlive(pong)).isTrue();
        assertThat(pong.procedure()).isEqualTo(2);
    }

    @Test
    void givesUpAServerThatDoesNotAnswerPings() throws Exception {
        Future<String> waiting = callers.submit(hostname());
        server.receive();
        client.startKeepAlive(new KeepAlive(Duration.ofMillis(20), 3));
        for (int i = 0; i < 3; i++) {
            assertThat(Pulse.isKeepAlive(server.receive().orElseThrow().header()))
                    .isTrue();
        }
        assertThatThrownBy(waiting::get)
                .hasCauseInstanceOf(RpcException.Disconnected.class)
                .hasMessageContaining("does not answer keepalive");
        assertThat(server.receive()).isEmpty();
    }

    @Test
    void aHangUpAfterAnyByteIsNoticed() throws Exception {
        byte[] reply = new MessageHeader(0x20008086, 1, 59, MessageType.REPLY, 1, 0).packet("host", XdrCodec.STRING);
        for (int length = 0; length < reply.length; length++) {
            try (RpcClient other = RpcClient.connect(directory.resolve("socket"), seconds(10));
                    RawPeer peer = RawPeer.of(listener.accept())) {
                Future<String> call = callers.submit(
                        () -> other.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, seconds(30)));
                peer.receive();
                peer.send(Arrays.copyOf(reply, length));
                peer.hangUp();
                assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                        .as("after %d bytes", length)
                        .hasCauseInstanceOf(RpcException.Disconnected.class);
            }
        }
    }

    @Test
    void refusesPacketsOfImpossibleLengths() throws Exception {
        for (String length : List.of("00000000", "0000001b", "02000005", "ffffffff", "80000000")) {
            try (RpcClient other = RpcClient.connect(directory.resolve("socket"), seconds(10));
                    RawPeer peer = RawPeer.of(listener.accept())) {
                peer.send(length);
                assertThat(other.subscribe(1).next(seconds(30)))
                        .as(length)
                        .containsInstanceOf(EventQueue.Item.Ended.class);
            }
        }
    }

    @Test
    void aServerThatDoesNotReadFailsCallsByTheirDeadline() {
        var large = new DomainMessages.XmlFlags("x".repeat(Limits.STRING_BYTES), 0);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        client.call(LibvirtProgram.DOMAIN_DEFINE_XML_FLAGS, large, Deadline.inMillis(50));
                    }
                })
                .isInstanceOf(RpcException.NoReply.class);
    }

    @Test
    void nobodyListens() {
        assertThatThrownBy(() -> RpcClient.connect(directory.resolve("nothing"), seconds(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot connect to");
    }

    @Test
    void argumentsAboveALimitAreNotSent() throws Exception {
        String long4MiB = "x".repeat(Limits.STRING_BYTES + 1);
        for (int i = 0; i < 2 * RpcClient.CALLS_IN_FLIGHT; i++) {
            assertThatThrownBy(() -> client.call(LibvirtProgram.DOMAIN_DEFINE_XML, long4MiB, seconds(10)))
                    .isInstanceOf(XdrLimitException.class);
        }
        assertThat(answered(callers.submit(hostname()), "host")).isEqualTo("host");
    }

    private Callable<String> hostname() {
        return () -> client.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, seconds(30));
    }

    private String answered(Future<String> call, String answer) throws Exception {
        MessageHeader header = server.receive().orElseThrow().header();
        server.send(header.reply(MessageHeader.OK).packet(answer, XdrCodec.STRING));
        return call.get();
    }

    private List<Packet> received(int count) throws IOException {
        var packets = new ArrayList<Packet>();
        for (int i = 0; i < count; i++) {
            packets.add(server.receive().orElseThrow());
        }
        return packets;
    }

    private static byte[] event(int detail) {
        return MessageHeader.event(LibvirtEvents.LIFECYCLE)
                .packet(new GuestEvent.Lifecycle(1, DOMAIN, 2, detail), GuestEvent.Lifecycle.CODEC);
    }

    private static Deadline seconds(int seconds) {
        return Deadline.in(Duration.ofSeconds(seconds));
    }
}
