package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.Program;
import org.virtkeep.rpc.QemuProgram;
import org.virtkeep.rpc.VirtkeepProgram;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Property;

/// Clients that mean no good, or are broken, against the real process. After each of them a well-behaved
/// one is served, the domain runs on, and the process has not grown beyond its bound.
@Tag("interop")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileDaemonClientsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long MIB = 1L << 20;
    /// Heap 256 MiB, and what the JVM and buffers take beside it.
    private static final long RESIDENT_BYTES = 400 * MIB;
    private static final int OPERATION_DENIED = 29;
    private static final int UNKNOWN_PROCEDURE = 39;
    private static final int HIGHEST_PROCEDURE = 450;
    private static final int GET_TYPE = 3;
    private static final int LIST_ALL_DOMAINS = 273;
    private static final int DEFINE_XML = 11;

    private Path socket;
    private Path readOnly;
    private Virtkeepd daemon;
    private String before;

    @BeforeAll
    void start(@TempDir Path dir) throws IOException {
        readOnly = dir.resolve("readonly");
        daemon = Virtkeepd.start(dir, "--socket-ro", readOnly.toString());
        socket = daemon.socket();
        Path image = Images.qcow2(dir.resolve("vda.qcow2"), "16M");
        GuestlessDomain.run(daemon, "define", new Requests(dir).domain("vm", Requests.disk("vda", image, "qcow2")));
        GuestlessDomain.run(daemon, "start", "vm");
        before = GuestlessDomain.run(daemon, "dumpxml", "vm");
    }

    @AfterAll
    void end() throws IOException {
        System.out.println("resident after hostile clients: " + resident() / MIB + " MiB");
        daemon.close();
    }

    @AfterEach
    void othersAreServed() throws IOException {
        assertThat(GuestlessDomain.run(daemon, "domstate", "vm")).contains("running");
        assertThat(GuestlessDomain.run(daemon, "dumpxml", "vm")).isEqualTo(before);
        assertThat(resident()).isLessThan(RESIDENT_BYTES);
        assertThat(daemon.process().isAlive()).isTrue();
    }

    private long resident() throws IOException {
        String status =
                Files.readString(Path.of("/proc", Long.toString(daemon.process().pid()), "status"));
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void brokenPacketsAreAnsweredOrCutOff() {
        Property.forAll(400, random -> {
            try (RawClient client = random.nextBoolean() ? RawClient.open(socket, 0) : RawClient.connect(socket)) {
                for (int packets = random.nextInt(6); packets >= 0; packets--) {
                    client.send(broken(random));
                }
                client.drain();
            } catch (IOException _) {
                // cut off while it was sending or reading
            }
        });
    }

    /// Noise, or a call of some procedure with arguments that are noise, cut off, or announce more than
    /// there is.
    private static byte[] broken(SplittableRandom random) {
        byte[] noise = new byte[4 * random.nextInt(0, 60)];
        random.nextBytes(noise);
        if (random.nextInt(4) == 0) {
            return noise;
        }
        if (random.nextBoolean() && noise.length > 0) {
            ByteBuffer.wrap(noise).putInt(0, random.nextInt(3) == 0 ? -1 : random.nextInt(1 << 20));
        }
        int program =
                random.nextInt(6) == 0 ? random.nextInt() : random.nextInt(4) == 0 ? 0x2076746b : RawClient.LIBVIRT;
        byte[] packet = RawClient.packet(program, random.nextInt(HIGHEST_PROCEDURE), 7, noise);
        switch (random.nextInt(8)) {
            case 0 -> ByteBuffer.wrap(packet).putInt(0, random.nextInt());
            case 1 -> ByteBuffer.wrap(packet).putInt(16, random.nextInt(12)); // its type
            case 2 -> ByteBuffer.wrap(packet).putInt(24, random.nextInt(4)); // its status
            case 3 -> ByteBuffer.wrap(packet).putInt(8, random.nextInt(4)); // its version
            default -> {}
        }
        return packet;
    }

    @Test
    void documentsThatAreTooDeepOrTooLargeAreRefused() throws IOException {
        try (RawClient client = RawClient.open(socket, 0)) {
            String deep = "<domain>" + "<a>".repeat(300_000);
            String wide = "<domain>" + "<a/>".repeat(300_000) + "</domain>";
            String bomb = "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><domain>&b;</domain>";
            String huge = "<domain><name>" + "n".repeat(4_000_000) + "</name></domain>";
            for (String document : List.of(deep, wide, bomb, huge)) {
                assertThat(client.call(RawClient.LIBVIRT, DEFINE_XML, string(document))
                                .error())
                        .as(document.substring(0, 20))
                        .isIn(27, 35, 67);
            }
        }
    }

    private static byte[] string(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(4 + (bytes.length + 3) / 4 * 4)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    @Test
    void clientsThatAnnounceTheLargestPacketTakeLittle() throws IOException {
        var clients = new ArrayList<RawClient>();
        try {
            for (int i = 0; i < 60; i++) {
                RawClient client = i % 2 == 0 ? RawClient.open(socket, 0) : RawClient.connect(socket);
                clients.add(client);
                client.send(ByteBuffer.allocate(8)
                        .putInt(33_554_436)
                        .putInt(RawClient.LIBVIRT)
                        .array());
            }
            othersAreServed();
        } finally {
            closeAll(clients);
        }
    }

    @Test
    void twoHundredIdleClientsAreNoBurden() throws IOException {
        var clients = new ArrayList<RawClient>();
        try {
            for (int i = 0; i < 200; i++) {
                clients.add(RawClient.open(i % 2 == 0 ? socket : readOnly, 0));
            }
            othersAreServed();
            for (RawClient client : clients) {
                assertThat(client.call(RawClient.LIBVIRT, GET_TYPE, new byte[0]).status())
                        .isZero();
            }
        } finally {
            closeAll(clients);
        }
    }

    @Test
    void clientsThatNeverReadHarmNobody() throws IOException {
        var clients = new ArrayList<RawClient>();
        try {
            for (int i = 0; i < 8; i++) {
                RawClient client = RawClient.open(socket, 0);
                clients.add(client);
                Thread.startVirtualThread(() -> callForEver(client));
            }
            for (int i = 0; i < 3; i++) {
                othersAreServed();
            }
        } finally {
            closeAll(clients);
        }
    }

    private static void callForEver(RawClient client) {
        try {
            for (int serial = 100; serial < 10_000_000; serial++) {
                byte[] arguments = ByteBuffer.allocate(8).putInt(1).putInt(0).array();
                client.send(RawClient.packet(RawClient.LIBVIRT, LIST_ALL_DOMAINS, serial, arguments));
            }
        } catch (IOException _) {
            // cut off, or the test is over
        }
    }

    @Test
    void thousandsThatComeAndGoLeaveNothing() throws IOException {
        long files = openFiles();
        for (int i = 0; i < 3_000; i++) {
            try (RawClient client = RawClient.connect(i % 3 == 0 ? readOnly : socket)) {
                if (i % 4 == 0) {
                    client.send(new byte[] {0, 0});
                }
            }
        }
        othersAreServed();
        Await.until("descriptors to be given back", LIMIT, () -> openFiles() <= files + 5);
    }

    private long openFiles() throws IOException {
        try (var files =
                Files.list(Path.of("/proc", Long.toString(daemon.process().pid()), "fd"))) {
            return files.count();
        }
    }

    private static void closeAll(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    /// Each procedure that changes something, by its number: refused on the socket for reading, and to a
    /// client of the other socket that asked to only read. What is not served at all cannot change
    /// anything either.
    @Test
    void whoMayOnlyReadChangesNothing() throws IOException {
        try (RawClient one = RawClient.open(readOnly, 0);
                RawClient other = RawClient.open(socket, 1)) {
            int denied = 0;
            for (Program program : List.of(LibvirtProgram.PROGRAM, QemuProgram.PROGRAM, VirtkeepProgram.PROGRAM)) {
                for (Procedure<?, ?> procedure : program.procedures()) {
                    if (!procedure.allowedReadOnly()) {
                        int answer = one.call(program.number(), procedure.number(), new byte[0])
                                .error();
                        assertThat(answer).as(procedure.name()).isIn(OPERATION_DENIED, UNKNOWN_PROCEDURE);
                        assertThat(other.call(program.number(), procedure.number(), new byte[0])
                                        .error())
                                .as(procedure.name())
                                .isEqualTo(answer);
                        denied += answer == OPERATION_DENIED ? 1 : 0;
                    }
                }
            }
            assertThat(denied).isGreaterThan(25);
        }
    }
}
