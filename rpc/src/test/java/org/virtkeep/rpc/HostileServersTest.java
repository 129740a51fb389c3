package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.Property;

/// Servers that answer with anything. A call ends with a reply of its type or an [RpcException], always.
@Timeout(120)
class HostileServersTest {
    @TempDir
    private Path directory;

    private ServerSocketChannel listener;
    private ExecutorService callers;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
        callers = Executors.newVirtualThreadPerTaskExecutor();
    }

    @AfterEach
    void stop() throws IOException {
        callers.close();
        listener.close();
    }

    @Test
    void mutatedRepliesEndTheCall() throws Exception {
        var returned = new AtomicInteger();
        Property.forAll(300, random -> {
            returned.addAndGet(served(call -> {
                byte[] reply = call.reply(MessageHeader.OK)
                        .packet(
                                new RandomRecords(random).make(DomainMessages.AllStats.class),
                                DomainMessages.AllStats.CODEC);
                for (int changes = random.nextInt(3); changes > 0; changes--) {
                    reply[random.nextInt(Integer.BYTES, reply.length)] = (byte) random.nextInt(256);
                }
                return reply;
            }));
        });
        assertThat(returned.get())
                .as("calls that returned although some were not changed")
                .isBetween(1, 299);
    }

    @Test
    void randomBytesEndTheCall() throws Exception {
        Property.forAll(
                100,
                random -> served(_ -> {
                    byte[] noise = new byte[random.nextInt(1, 500)];
                    random.nextBytes(noise);
                    if (random.nextBoolean()) {
                        noise[0] = 0; // a length that may be one
                    }
                    return noise;
                }));
    }

    @Test
    void errorsOfEveryShapeEndTheCall() throws Exception {
        Property.forAll(
                200,
                random -> served(call -> {
                    byte[] error = call.reply(MessageHeader.ERROR)
                            .packet(new RandomRecords(random).make(WireError.class), WireError.CODEC);
                    return random.nextBoolean()
                            ? error
                            : withLength(Arrays.copyOf(error, random.nextInt(28, error.length)));
                }));
    }

    @Test
    void aFloodOfEventsIsBounded() throws Exception {
        try (RpcClient client = RpcClient.connect(directory.resolve("socket"), deadline());
                RawPeer server = RawPeer.of(listener.accept())) {
            EventQueue unread = client.subscribe(100);
            byte[] event = MessageHeader.event(LibvirtEvents.LIFECYCLE)
                    .packet(
                            new GuestEvent.Lifecycle(1, new DomainRef("x", new UUID(1, 2), 3), 0, 0),
                            GuestEvent.Lifecycle.CODEC);
            for (int i = 0; i < 20_000; i++) {
                server.send(event);
            }
            int delivered = 0;
            while (unread.next(deadline()).orElseThrow() instanceof EventQueue.Item.Arrived) {
                delivered++;
            }
            assertThat(delivered).isGreaterThanOrEqualTo(100);
            assertThat(client.ended()).isEmpty();
        }
    }

    private interface Answering {
        byte[] answer(MessageHeader call);
    }

    /// @return 1 if the call returned, 0 if it failed as calls may
    private int served(Answering answering) throws Exception {
        try (RpcClient client = RpcClient.connect(directory.resolve("socket"), deadline());
                RawPeer server = RawPeer.of(listener.accept())) {
            Future<Integer> call = callers.submit(() -> {
                try {
                    client.call(
                            LibvirtProgram.CONNECT_GET_ALL_DOMAIN_STATS,
                            new DomainMessages.AllStatsArgs(List.of(), 0, 0),
                            deadline());
                    return 1;
                } catch (RpcException e) {
                    assertThat(e.getMessage()).isNotBlank();
                    return 0;
                }
            });
            server.send(answering.answer(server.receive().orElseThrow().header()));
            server.hangUp();
            return call.get(30, TimeUnit.SECONDS);
        }
    }

    private static byte[] withLength(byte[] packet) {
        ByteBuffer.wrap(packet).putInt(packet.length);
        return packet;
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}
