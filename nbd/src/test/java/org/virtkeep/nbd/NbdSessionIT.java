package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;

/// Our client and the servers of the world: QEMU 7.2's qemu-nbd, nbdkit 1.32.
@Tag("interop")
class NbdSessionIT {
    private static final int SIZE = 16 << 20;

    @TempDir
    Path directory;

    @Test
    void readsWhatItWroteToQemuNbd() throws IOException {
        Path image = Images.qcow2(directory.resolve("i.qcow2"), "16M");
        byte[] content = MemoryDevice.random(1, 3 << 20).content();
        try (var peer = NbdPeer.qemuNbd(directory, "-f", "qcow2", "--discard=unmap", image.toString());
                var session = peer.connect("x")) {
            assertThat(session.info().sizeBytes()).isEqualTo(SIZE);
            assertThat(session.info().readOnly()).isFalse();
            session.write(100, ByteBuffer.wrap(content), TestServer.deadline());
            session.writeZeroes(new ByteRange(1 << 20, 65536), TestServer.deadline());
            session.trim(new ByteRange(2 << 20, 65536), TestServer.deadline());
            session.flush(TestServer.deadline());
            Arrays.fill(content, (1 << 20) - 100, (1 << 20) - 100 + 65536, (byte) 0);
            Arrays.fill(content, (2 << 20) - 100, (2 << 20) - 100 + 65536, (byte) 0);
            assertThat(NbdServerTest.read(session, new ByteRange(100, content.length)))
                    .isEqualTo(content);

            var allocation = session.blockStatus(new ByteRange(0, SIZE), TestServer.deadline())
                    .get(ContextName.BASE_ALLOCATION);
            assertThat(allocation)
                    .contains(new Extent(new ByteRange(1 << 20, 65536), 3))
                    .last()
                    .isEqualTo(new Extent(new ByteRange(3211264, SIZE - 3211264), 3));
        }
        Images.requireClean(image);
    }

    @Test
    void readsABitmapOfQemuNbd() throws IOException {
        Path image = Images.qcow2(directory.resolve("i.qcow2"), "16M");
        Tool.run("qemu-img", "bitmap", "--add", "-g", "64k", image.toString(), "b0");
        Images.io(image, "qcow2", "write -P 1 1M 128k");
        try (var peer = NbdPeer.qemuNbd(directory, "-r", "-A", "-B", "b0", "-f", "qcow2", image.toString());
                var session = peer.connect("x")) {
            var status = session.blockStatus(new ByteRange(0, SIZE), TestServer.deadline());
            assertThat(status.get(ContextName.dirtyBitmap("b0")))
                    .containsExactly(
                            new Extent(new ByteRange(0, 1 << 20), 0),
                            new Extent(new ByteRange(1 << 20, 131072), 1),
                            new Extent(new ByteRange((1 << 20) + 131072, SIZE - (1 << 20) - 131072), 0));
            assertThat(status).containsKey(ContextName.QEMU_ALLOCATION_DEPTH);
            assertThatThrownBy(() -> session.write(0, ByteBuffer.allocate(512), TestServer.deadline()))
                    .isInstanceOf(NbdException.Refused.class)
                    .hasMessageContaining("read-only");
            assertThat(NbdServerTest.read(session, new ByteRange(1 << 20, 4))).containsOnly(1);
        }
    }

    @Test
    void listsWhatQemuNbdAndNbdkitOffer() throws IOException {
        Path image = Images.raw(directory.resolve("i"), "1M");
        try (var peer = NbdPeer.qemuNbd(directory, "-r", "-f", "raw", "-D", "a disk", image.toString());
                var negotiation = NbdNegotiation.connect(peer.address(), TestServer.deadline())) {
            assertThat(negotiation.listExports()).containsExactly(new ListedExport("x", "a disk"));
            assertThat(negotiation.listContexts("x", "base:")).containsExactly(ContextName.BASE_ALLOCATION);
            assertThatThrownBy(() -> negotiation.info("y")).isInstanceOf(NbdException.Refused.class);
            assertThat(negotiation.requestContexts(
                            "x", List.of(ContextName.BASE_ALLOCATION, ContextName.dirtyBitmap("none"))))
                    .containsExactly(ContextName.BASE_ALLOCATION);
            assertThat(negotiation.info("x").blockSizes()).isEqualTo(BlockSizes.DEFAULT);
        }
        try (var peer = NbdPeer.nbdkit(directory, "memory", "1M");
                var negotiation = NbdNegotiation.connect(peer.address(), TestServer.deadline())) {
            assertThat(negotiation.listExports()).containsExactly(new ListedExport("", ""));
        }
    }

    @Test
    void readsPatternsInManyThreads() throws IOException, InterruptedException {
        try (var peer = NbdPeer.nbdkit(directory, "--filter=delay", "pattern", "64M", "rdelay=1ms");
                var session = peer.connect("")) {
            var threads = new ArrayList<Thread>();
            var failures = new ConcurrentLinkedQueue<Throwable>();
            for (int i = 0; i < 16; i++) {
                long offset = i * (4L << 20);
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        checkPattern(session, new ByteRange(offset, 4 << 20));
                    } catch (NbdException | AssertionError e) {
                        failures.add(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    /// Each eight bytes hold their own offset.
    private static void checkPattern(NbdSession session, ByteRange range) throws NbdException {
        ByteBuffer content = ByteBuffer.wrap(NbdServerTest.read(session, range));
        for (long at = range.offset(); at < range.end(); at += Long.BYTES) {
            if (content.getLong() != at) {
                throw new AssertionError("wrong content at " + at);
            }
        }
    }

    @Test
    void honoursTheServersBlockSizes() throws IOException {
        try (var peer = NbdPeer.nbdkit(
                        directory,
                        "--filter=blocksize-policy",
                        "pattern",
                        "8M",
                        "blocksize-minimum=4096",
                        "blocksize-maximum=256K",
                        "blocksize-error-policy=error");
                var session = peer.connect("")) {
            assertThat(session.info().blockSizes()).isEqualTo(new BlockSizes(4096, 4096, 256 << 10));
            checkPattern(session, new ByteRange(4096, (8 << 20) - 4096));
            assertThatThrownBy(() -> NbdServerTest.read(session, new ByteRange(512, 512)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void reportsTheServersErrorsAndGoesOn() throws IOException {
        Path trigger = directory.resolve("trigger");
        try (var peer = NbdPeer.nbdkit(
                        directory,
                        "--filter=error",
                        "pattern",
                        "8M",
                        "error=ENOSPC",
                        "error-rate=100%",
                        "error-file=" + trigger);
                var session = peer.connect("")) {
            checkPattern(session, new ByteRange(0, 65536));
            Files.createFile(trigger);
            assertThatThrownBy(() -> checkPattern(session, new ByteRange(0, 65536)))
                    .isInstanceOfSatisfying(
                            NbdException.Refused.class,
                            refused -> assertThat(refused.error()).isEqualTo(NbdError.ENOSPC));
            Files.delete(trigger);
            checkPattern(session, new ByteRange(0, 65536));
        }
    }

    @Test
    void readsHolesAndDataOfNbdkit() throws IOException {
        try (var peer = NbdPeer.nbdkit(directory, "data", "@1048576 \"hello\"", "size=4M");
                var session = peer.connect("")) {
            byte[] content = NbdServerTest.read(session, new ByteRange(0, 4 << 20));
            assertThat(Arrays.copyOfRange(content, 1 << 20, (1 << 20) + 5)).isEqualTo("hello".getBytes());
            assertThat(content[(1 << 20) + 5]).isZero();
            assertThat(session.blockStatus(new ByteRange(0, 4096), TestServer.deadline())
                            .get(ContextName.BASE_ALLOCATION)
                            .getFirst()
                            .flags())
                    .isEqualTo(3);
        }
    }

    @Test
    void worksWithoutStructuredReplies() throws IOException {
        try (var peer = NbdPeer.nbdkit(directory, "--no-sr", "pattern", "8M");
                var session = peer.connect("")) {
            assertThat(session.info().contexts()).isEmpty();
            checkPattern(session, new ByteRange(0, 8 << 20));
        }
    }

    @Test
    void aServerThatIsTooSlowIsATimeOutAndOneThatDiesADisconnection() throws IOException {
        try (var peer = NbdPeer.nbdkit(directory, "--filter=delay", "pattern", "8M", "rdelay=30")) {
            try (var session = peer.connect("")) {
                var into = ByteBuffer.allocate(4096);
                assertThatThrownBy(() -> session.read(new ByteRange(0, 4096), into, Deadline.inMillis(100)))
                        .isInstanceOf(NbdException.TimedOut.class);
            }
            try (var session = peer.connect("")) {
                peer.kill();
                assertThatThrownBy(() -> NbdServerTest.read(session, new ByteRange(0, 4096)))
                        .isInstanceOf(NbdException.Disconnected.class);
            }
        }
    }
}
