package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.testkit.Property;

/// Random devices, random requests of several clients at once, answers in random order: what clients see is
/// what the device holds.
class NbdServerPropertyTest {

    @TempDir
    Path directory;

    @Test
    void clientsSeeWhatTheDeviceHolds() {
        Property.forAll(25, random -> {
            var device = device(random);
            var limits = TestServer.limits(256L << 10 << random.nextInt(2, 6), 4);
            try (var answers = new ShuffledExecutor(random.nextLong());
                    var server = TestServer.serve(limits, directory, device.on(answers));
                    var clients = Executors.newThreadPerTaskExecutor(
                            Thread.ofVirtual().factory())) {
                var sessions = new ArrayList<NbdSession>();
                for (int i = 0; i < 2; i++) {
                    sessions.add(server.connect("memory"));
                }
                var work = new ArrayList<Future<Void>>();
                for (int i = 0; i < 12; i++) {
                    work.add(clients.submit(reads(device, sessions.get(i % 2), random.split())));
                }
                work.add(clients.submit(simpleReads(device, server, random.split())));
                finish(work);
                sessions.forEach(NbdSession::close);
            }
        });
    }

    private static MemoryDevice device(SplittableRandom random) {
        int size = random.nextInt(1, 4 << 20);
        var device = MemoryDevice.random(random.nextLong(), size);
        int at = 0;
        for (int i = 0; i < 10 && at < size; i++) {
            at = random.nextInt(at, size);
            int length = random.nextInt(1, Math.min(300_000, size - at) + 1);
            if (random.nextBoolean()) {
                device.hole(at, length);
            }
            at += length;
        }
        device.context(ContextName.BASE_ALLOCATION, extents(random, size));
        device.context(ContextName.dirtyBitmap("x"), extents(random, size));
        int alignment = 1 << random.nextInt(0, 13);
        // Clients allow for as many chunks in a reply as pieces of 512 bytes.
        int largestRequest = Math.max(1, 512 / alignment) * alignment * random.nextInt(1, 300);
        return device.alignment(alignment, Math.max(largestRequest, 16 * alignment));
    }

    private static Extent[] extents(SplittableRandom random, int size) {
        var extents = new ArrayList<Extent>();
        int at = 0;
        while (at < size) {
            int length = Math.min(size - at, random.nextInt(1, 1 + size / 5));
            extents.add(new Extent(new ByteRange(at, length), random.nextInt(4)));
            at += length;
        }
        return extents.toArray(Extent[]::new);
    }

    private static Callable<Void> reads(MemoryDevice device, NbdSession session, SplittableRandom random) {
        return () -> {
            for (int i = 0; i < 15; i++) {
                ByteRange range = range(random, device.content().length);
                if (random.nextInt(4) == 0) {
                    checkStatus(device, session, range);
                } else {
                    assertThat(NbdServerTest.read(session, range)).isEqualTo(device.content(range));
                }
            }
            return null;
        };
    }

    private static void checkStatus(MemoryDevice device, NbdSession session, ByteRange range) throws NbdException {
        if (range.isEmpty()) {
            return;
        }
        var expected = new HashMap<ContextName, List<Extent>>();
        var whole = new ByteRange(0, device.content().length);
        var call = new StatusCall(whole, device.info().contexts(), _ -> {});
        device.on(Runnable::run).blockStatus(call);
        call.extents().forEach((context, extents) -> expected.put(context, within(extents.toList(), range)));
        assertThat(session.blockStatus(range, TestServer.deadline())).isEqualTo(Map.copyOf(expected));
    }

    private static List<Extent> within(List<Extent> extents, ByteRange range) {
        return extents.stream()
                .filter(extent ->
                        extent.range().offset() < range.end() && extent.range().end() > range.offset())
                .map(extent -> {
                    long start = Math.max(extent.range().offset(), range.offset());
                    long end = Math.min(extent.range().end(), range.end());
                    return new Extent(new ByteRange(start, end - start), extent.flags());
                })
                .toList();
    }

    /// Like the Linux kernel's client: no structured replies, many requests at once.
    private static Callable<Void> simpleReads(MemoryDevice device, TestServer server, SplittableRandom random) {
        return () -> {
            try (var peer = server.raw().go("memory", false)) {
                var asked = new HashMap<Long, ByteRange>();
                for (long cookie = 0; cookie < 20; cookie++) {
                    ByteRange range = range(random, device.content().length);
                    asked.put(cookie, range);
                    peer.send(new Request(0, 0, cookie, range.offset(), range.length()));
                }
                while (!asked.isEmpty()) {
                    ByteBuffer header = peer.receive(Reply.Simple.BYTES);
                    assertThat(header.getInt(4)).isZero();
                    ByteRange range = asked.remove(header.getLong(8));
                    assertThat(peer.receive((int) range.length()).array()).isEqualTo(device.content(range));
                }
                peer.send(new Request(0, 2, 0, 0, 0)).awaitHangUp();
            }
            return null;
        };
    }

    private static ByteRange range(SplittableRandom random, int size) {
        int offset = random.nextInt(size);
        int most = random.nextInt(8) > 0 ? 20_000 : size;
        return new ByteRange(offset, random.nextInt(Math.min(most, size - offset) + 1));
    }

    private static void finish(List<Future<Void>> work) throws IOException {
        try {
            for (Future<Void> each : work) {
                each.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }
}
