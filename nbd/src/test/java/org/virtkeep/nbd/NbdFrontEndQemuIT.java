package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.NbdWriter;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// The relay in front of a real QEMU with a running pull backup.
@Tag("qemu")
class NbdFrontEndQemuIT {
    private static final int SIZE = 64 << 20;
    private static final NbdFrontEnd.Limits SMALL =
            new NbdFrontEnd.Limits(1 << 20, 4, Duration.ofSeconds(10), Optional.empty(), Optional.empty());

    @TempDir
    Path directory;

    private Path image;

    @BeforeEach
    void makeAnImage() {
        Tools.require("qemu-system-x86_64", "qemu-img", "qemu-io", "nbdcopy", "nbdinfo");
        Path base = Images.qcow2(directory.resolve("base.qcow2"), "64M");
        Images.io(base, "qcow2", "write -P 1 0 24M", "write -P 2 40M 8M");
        image = Images.overlay(directory.resolve("a.qcow2"), base, "qcow2");
        Images.io(image, "qcow2", "write -P 3 4M 3M", "write -z 10M 2M", "write -P 4 50M 77k");
    }

    @Test
    void aClientThatTakesNoRepliesDoesNotHoldQemuUp() throws IOException {
        try (var qemu = FrozenVm.start(directory, image)) {
            qemu.serve();
            qemu.freeze();
            try (var relay = NbdFrontEnd.start(qemu.frontEnd(SMALL), TestServer.deadline());
                    var stalled = stall(RawPeer.connect(relay.address()), "vda")) {
                Await.until(
                        "its replies fill the relay",
                        TestServer.LIMIT,
                        () -> relay.progress().getFirst().clientsNow() == 1);
                answersAtOnce(qemu);
                Path copy = directory.resolve("copy.raw");
                Tool.run("nbdcopy", NbdServerIT.uri(relay.address(), "vda"), copy.toString());
                Images.requireSame(image, "qcow2", copy, "raw");
                qemu.run("stop", Map.of());
                qemu.run("cont", Map.of());
                qemu.run("nbd-server-stop", Map.of());
                Await.until(
                        "the relay has noticed",
                        TestServer.LIMIT,
                        () -> relay.progress().getFirst().failure().isPresent());
                stalled.send(new Request(0, 0, 7, 0, 512)); // it is still there, and still takes nothing
            }
            qemu.vm().quit();
        }
    }

    @Test
    void closingTheRelayFreesQemuWhileAClientIsStalled() throws IOException {
        try (var qemu = FrozenVm.start(directory, image)) {
            qemu.serve();
            qemu.freeze();
            var relay = NbdFrontEnd.start(qemu.frontEnd(SMALL), TestServer.deadline());
            try (var stalled = stall(RawPeer.connect(relay.address()), "vda")) {
                relay.close(TestServer.deadline());
                for (String export : List.of("e1", "e2", "e3")) {
                    qemu.run("block-export-del", Map.of("id", export)); // refused while a client is connected
                }
                stalled.drain();
            }
        }
    }

    /// [qemu 7.2] The danger that the relay is for. If this fails on a newer QEMU, that is good news.
    @Test
    void withoutTheRelayTheSameClientHoldsQemuUp() throws Exception {
        try (var qemu = FrozenVm.start(directory, image)) {
            qemu.serve();
            qemu.freeze();
            CompletableFuture<Void> answer;
            try (var _ = stall(RawPeer.connect(qemu.upstream()), "frozen")) {
                answer = CompletableFuture.runAsync(() -> answersAtOnce(qemu));
                assertThat(isAnswered(answer, Duration.ofMillis(700))).isFalse();
            }
            assertThat(isAnswered(answer, TestServer.LIMIT)).isTrue();
        }
    }

    private static boolean isAnswered(CompletableFuture<Void> answer, Duration limit)
            throws InterruptedException, ExecutionException {
        try {
            answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }

    /// Asks for much and reads nothing.
    private static RawPeer stall(RawPeer peer, String export) throws IOException {
        peer.go(export, true);
        for (int i = 0; i < 100; i++) {
            peer.send(new Request(0, 0, i, 0, 4 << 20));
        }
        return peer;
    }

    /// What every other job on this machine needs.
    private static void answersAtOnce(FrozenVm qemu) {
        var bitmap = Map.of("node", "vdb", "name", "b" + System.nanoTime());
        qemu.run("transaction", Map.of("actions", List.of(Map.of("type", "block-dirty-bitmap-add", "data", bitmap))));
    }

    @Test
    void showsTheInstantToEverybodyWhileTheGuestWrites() throws Exception {
        Path before = Images.convert(image, "qcow2", directory.resolve("before.raw"), "raw");
        try (var qemu = FrozenVm.start(directory, image);
                var guest = qemu.vm().load("vda")) {
            qemu.freeze();
            var stop = new AtomicBoolean();
            var writer = Thread.ofPlatform().start(() -> write(guest, new SplittableRandom(4), stop));
            try (var relay = NbdFrontEnd.start(qemu.frontEnd(NbdFrontEnd.Limits.DEFAULT), TestServer.deadline())) {
                String uri = NbdServerIT.uri(relay.address(), "vda");
                Tool.run("qemu-img", "compare", "-f", "raw", "-F", "raw", uri, before.toString());
                for (String requestSize : List.of("4096", "65536", "262144", "1048576")) {
                    Path copy = directory.resolve("copy.raw");
                    Tool.run("nbdcopy", "--request-size=" + requestSize, uri, copy.toString());
                    Images.requireSame(copy, "raw", before, "raw");
                }
                readEverywhere(relay, Files.readAllBytes(before));
                Path converted = directory.resolve("converted.qcow2");
                Tool.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", uri, converted.toString());
                Images.requireSame(converted, "qcow2", before, "raw");
                assertThat(Tool.run("nbdinfo", "--map=qemu:dirty-bitmap:backup-vda", uri))
                        .contains("clean");
                assertThat(relay.progress().getFirst().failedRequests()).isZero();
            } finally {
                stop.set(true);
                writer.join();
            }
        }
    }

    private static void readEverywhere(NbdFrontEnd relay, byte[] expected) throws NbdException {
        var random = new SplittableRandom(9);
        try (var negotiation = NbdNegotiation.connect(relay.address(), TestServer.deadline());
                var session = negotiation.go("vda")) {
            for (int i = 0; i < 200; i++) {
                int offset = random.nextInt(SIZE);
                var range = new ByteRange(offset, random.nextInt(Math.min(3 << 20, SIZE - offset)));
                assertThat(NbdServerTest.read(session, range))
                        .isEqualTo(Arrays.copyOfRange(expected, offset, (int) range.end()));
            }
        }
    }

    /// As a guest would: small and large, data and zeroes, everywhere.
    private static void write(NbdWriter guest, SplittableRandom random, AtomicBoolean stop) {
        byte[] bytes = new byte[64 << 10];
        try {
            while (!stop.get()) {
                random.nextBytes(bytes);
                int offset = random.nextInt(SIZE / 4096 - 16) * 4096;
                switch (random.nextInt(6)) {
                    case 0 -> guest.writeZeroes(offset, 65536);
                    case 1 -> guest.trim(offset, 65536);
                    case 2 -> guest.write(offset, bytes);
                    default -> guest.write(offset, Arrays.copyOf(bytes, 4096));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// [qemu 7.2] A snapshot-access node over a disk with a backing file.
    @Test
    void dataInABackingFileIsNotReportedAsAHole() throws IOException {
        try (var qemu = FrozenVm.start(directory, image)) {
            qemu.serve();
            qemu.freeze();
            var bareHoles = new ArrayList<Boolean>();
            for (boolean repair : List.of(false, true)) {
                try (var relay = NbdFrontEnd.start(qemu.plainFrontEnd(repair), TestServer.deadline());
                        var negotiation = NbdNegotiation.connect(relay.address(), TestServer.deadline())) {
                    negotiation.requestContexts("vda", List.of(ContextName.BASE_ALLOCATION));
                    try (var session = negotiation.go("vda")) {
                        bareHoles.add(session
                                .blockStatus(new ByteRange(0, SIZE), TestServer.deadline())
                                .get(ContextName.BASE_ALLOCATION)
                                .stream()
                                .anyMatch(extent -> extent.flags() == ContextName.STATE_HOLE));
                    }
                }
            }
            assertThat(bareHoles).containsExactly(true, false);
        }
    }
}
