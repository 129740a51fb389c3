package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.testkit.Images;

/// Several connections, and new ones in place of broken ones, with the servers of the world.
@Tag("interop")
class NbdReaderIT {
    private static final int SIZE = 8 << 20;
    private static final NbdReader.Retry RETRY = new NbdReader.Retry(8, Duration.ofMillis(20));

    @TempDir
    private Path directory;

    private final AtomicInteger connects = new AtomicInteger();

    private NbdReader open(NbdPeer peer, String export, int connections) throws IOException {
        return NbdReader.open(
                () -> {
                    connects.incrementAndGet();
                    return peer.connect(export);
                },
                connections,
                RETRY);
    }

    /// Each eight bytes hold their own offset.
    private static void checkPattern(NbdReader reader, ByteRange range) throws IOException {
        ByteBuffer content = ByteBuffer.allocate((int) range.length());
        reader.read(range, content, TestServer.deadline());
        content.flip();
        for (long at = range.offset(); at < range.end(); at += Long.BYTES) {
            assertThat(content.getLong()).isEqualTo(at);
        }
    }

    @Test
    void readsSmallBlocksOfASlowServerOverSeveralConnections() throws IOException {
        try (var peer = NbdPeer.nbdkit(
                        directory,
                        "--filter=blocksize-policy",
                        "--filter=delay",
                        "pattern",
                        "8M",
                        "rdelay=1ms",
                        "blocksize-minimum=4096",
                        "blocksize-maximum=64K",
                        "blocksize-error-policy=error");
                var reader = open(peer, "", 4)) {
            assertThat(reader.connections()).isEqualTo(4);
            var parts = new ArrayList<CompletableFuture<Void>>();
            for (long at = 0; at < SIZE; at += SIZE / 8) {
                var part = new ByteRange(at, SIZE / 8);
                parts.add(CompletableFuture.runAsync(() -> {
                    try {
                        checkPattern(reader, part);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                }));
            }
            parts.forEach(CompletableFuture::join);
        }
    }

    @Test
    void usesOneConnectionWhereMoreAreNotAllowed() throws IOException {
        try (var peer = NbdPeer.nbdkit(directory, "--filter=multi-conn", "pattern", "8M", "multi-conn-mode=disable");
                var reader = open(peer, "", 4)) {
            assertThat(reader.connections()).isEqualTo(1);
            checkPattern(reader, new ByteRange(0, SIZE));
        }
    }

    @Test
    void readsOnFromNbdkitThatWasKilled() throws IOException {
        var peer = NbdPeer.nbdkit(directory, "pattern", "8M");
        try (var reader = open(peer, "", 2)) {
            checkPattern(reader, new ByteRange(0, SIZE / 2));
            peer.kill();
            Files.deleteIfExists(peer.socket());
            peer = NbdPeer.nbdkit(directory, "pattern", "8M");
            checkPattern(reader, new ByteRange(0, SIZE));
        } finally {
            peer.close();
        }
    }

    @Test
    void readsOnFromQemuNbdThatWasKilledUnlessItServesAnotherImage() throws IOException {
        Path image = Images.qcow2(directory.resolve("i.qcow2"), "8M");
        Images.io(image, "qcow2", "write -P 7 1M 1M");
        Path other = Images.qcow2(directory.resolve("other.qcow2"), "9M");
        var peer = NbdPeer.qemuNbd(directory, "-r", "-f", "qcow2", image.toString());
        try (var reader = open(peer, "x", 2)) {
            peer.kill();
            Files.deleteIfExists(peer.socket());
            peer = NbdPeer.qemuNbd(directory, "-r", "-f", "qcow2", image.toString());
            ByteBuffer content = ByteBuffer.allocate(1 << 20);
            reader.read(new ByteRange(1 << 20, 1 << 20), content, TestServer.deadline());
            assertThat(content.array()).containsOnly(7);
            assertThat(reader.blockStatus(new ByteRange(0, SIZE), TestServer.deadline()))
                    .containsKey(ContextName.BASE_ALLOCATION);
            peer.kill();
            Files.deleteIfExists(peer.socket());
            peer = NbdPeer.qemuNbd(directory, "-r", "-f", "qcow2", other.toString());
            assertThatThrownBy(() -> checkPattern(reader, new ByteRange(0, 512)))
                    .isInstanceOf(NbdException.Protocol.class);
        } finally {
            peer.close();
        }
    }

    @Test
    void anErrorOfTheDiskIsNotTriedAgain() throws IOException {
        Path trigger = directory.resolve("trigger");
        try (var peer = NbdPeer.nbdkit(
                        directory,
                        "--filter=error",
                        "pattern",
                        "8M",
                        "error-pread=EIO",
                        "error-pread-rate=100%",
                        "error-pread-file=" + trigger);
                var reader = open(peer, "", 1)) {
            Files.createFile(trigger);
            assertThatThrownBy(() -> checkPattern(reader, new ByteRange(0, 4096)))
                    .isInstanceOfSatisfying(
                            NbdException.Refused.class,
                            refused -> assertThat(refused.error()).isEqualTo(NbdError.EIO));
            Files.delete(trigger);
            checkPattern(reader, new ByteRange(0, SIZE));
            assertThat(connects.get()).isEqualTo(1);
        }
    }
}
