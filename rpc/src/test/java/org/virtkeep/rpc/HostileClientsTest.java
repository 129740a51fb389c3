package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Property;

/// Clients that mean no good, or are broken, beside one that is served all the time.
@Timeout(120)
class HostileClientsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    private TestServer<RpcServerConnection> server;
    private RpcClient good;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(
                directory.resolve("socket"),
                EveryProcedure.dispatcher(),
                Function.identity(),
                new ServerLimits(5, 256 * 1024, PATIENCE));
        good = server.connect();
        assertServed();
    }

    /// Afterwards nothing of the hostile clients is left: no connection, no memory.
    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        try (var _ = server;
                var _ = good) {
            assertServed();
            Await.until("one connection", LIMIT, () -> server.connections.size() == 1);
            Await.until("all memory given back", LIMIT, () -> server.budget.freeBytes() == TestServer.BUDGET_BYTES);
        }
    }

    @Test
    void theDispatcherAnswersEveryPacketWhatsoever() {
        RpcDispatcher<Nothing> dispatcher = EveryProcedure.dispatcher();
        Property.forAll(5_000, random -> {
            byte[] call = mutated(random);
            MessageHeader header = Packet.of(call).header();
            Packet reply = Packet.of(dispatcher.reply(Nothing.NOTHING, Packet.of(call)));
            assertThat(reply.header()).isEqualTo(header.reply(reply.header().status()));
        });
    }

    @Test
    void mutatedCallsAreAnsweredOrCutOff() throws Exception {
        Property.forAll(200, random -> {
            try (RawPeer peer = server.connectRaw()) {
                for (int packets = random.nextInt(8); packets >= 0; packets--) {
                    peer.send(mutated(random));
                }
                readToTheEnd(peer);
            } catch (IOException _) {
                // cut off while it was sending or reading
            }
        });
        assertServed();
    }

    @Test
    void randomBytesHarmNobody() throws Exception {
        Property.forAll(100, random -> {
            byte[] noise = new byte[random.nextInt(2, 3_000)];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                ByteBuffer.wrap(noise).put((byte) 0).put((byte) 0); // a length that may be one
            }
            try (RawPeer peer = server.connectRaw()) {
                peer.send(noise);
                readToTheEnd(peer);
            } catch (IOException _) {
                // cut off
            }
        });
        assertServed();
    }

    @Test
    void aHangUpAfterAnyByteHarmsNobody() throws Exception {
        byte[] call =
                EveryProcedure.call(LibvirtProgram.DOMAIN_BACKUP_BEGIN, 1, new RandomRecords(new SplittableRandom(7)));
        for (int length = 0; length <= call.length; length++) {
            try (RawPeer peer = server.connectRaw()) {
                peer.send(Arrays.copyOf(call, length));
            }
        }
        assertServed();
    }

    @Test
    void manyClientsThatAnnounceTheLargestPacketTakeLittle() throws Exception {
        var peers = new ArrayList<RawPeer>();
        try {
            for (int i = 0; i < 200; i++) {
                RawPeer peer = server.connectRaw();
                peers.add(peer);
                peer.send(i % 2 == 0 ? "02000004 20008086" : "00080000 20008086");
            }
            for (int i = 0; i < 20; i++) {
                assertServed();
            }
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void twoHundredIdleClientsAreNoBurden() throws Exception {
        var idle = new ArrayList<RpcClient>();
        try {
            for (int i = 0; i < 200; i++) {
                idle.add(server.connect());
            }
            for (int i = 0; i < 50; i++) {
                assertServed();
            }
            for (RpcClient client : idle) {
                client.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, deadline());
            }
        } finally {
            idle.forEach(RpcClient::close);
        }
    }

    @Test
    void aThousandClientsThatComeAndGoLeaveNothing() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            server.connectRaw().close();
        }
        assertServed();
    }

    @Test
    void clientsThatNeverReadHarmNobody() throws Exception {
        var deaf = new ArrayList<RawPeer>();
        try {
            for (int i = 0; i < 20; i++) {
                RawPeer peer = server.connectRaw();
                deaf.add(peer);
                Thread.startVirtualThread(() -> callForEver(peer));
            }
            for (int i = 0; i < 50; i++) {
                assertServed();
            }
        } finally {
            for (RawPeer peer : deaf) {
                peer.close();
            }
        }
    }

    private static void callForEver(RawPeer peer) {
        try {
            for (int serial = 0; ; serial++) {
                peer.call(LibvirtProgram.CONNECT_GET_CAPABILITIES, Nothing.NOTHING, serial);
            }
        } catch (IOException _) {
            // cut off, or the test is over
        }
    }

    /// A call of some procedure with some of its bytes changed, cut off or added.
    private static byte[] mutated(SplittableRandom random) {
        List<Procedure<?, ?>> all = EveryProcedure.all();
        byte[] call = EveryProcedure.call(all.get(random.nextInt(all.size())), 1, new RandomRecords(random));
        int length = random.nextInt(3) == 0 ? random.nextInt(MessageHeader.BYTES, call.length + 9) : call.length;
        byte[] packet = Arrays.copyOf(call, length);
        int first = random.nextInt(3) == 0 ? 0 : MessageHeader.BYTES;
        for (int changes = random.nextInt(4); changes > 0 && first < length; changes--) {
            packet[random.nextInt(first, length)] = (byte) random.nextInt(256);
        }
        if (random.nextInt(10) != 0) {
            ByteBuffer.wrap(packet).putInt(length);
        }
        return packet;
    }

    private static void readToTheEnd(RawPeer peer) throws IOException {
        peer.hangUp();
        Optional<Packet> answer = peer.receive();
        while (answer.isPresent()) {
            answer = peer.receive();
        }
    }

    private void assertServed() throws RpcException {
        assertThat(good.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING, deadline()))
                .isNotNull();
    }

    private static Deadline deadline() {
        return Deadline.in(LIMIT);
    }
}
