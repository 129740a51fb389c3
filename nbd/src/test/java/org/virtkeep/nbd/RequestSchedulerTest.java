package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.ByteRange;

class RequestSchedulerTest {
    private static final int MIB = 1 << 20;

    private final Gate gate = new Gate();
    private final MemoryDevice device = new MemoryDevice("memory", new byte[64 * MIB]).on(gate);

    /// Remembers what came, and holds its memory until it is told to let go.
    private static final class Sink implements ReplySink {
        final List<ReadPiece> pieces = new ArrayList<>();
        boolean keeps = true;

        @Override
        public void readEnded(ReadPiece piece, Optional<NbdException> failure) {
            pieces.add(piece);
            if (!keeps) {
                piece.memory().release();
            }
        }

        @Override
        public void statusEnded(StatusPiece piece, Optional<NbdException> failure) {
            piece.memory().release();
        }

        List<ByteRange> ranges() {
            return pieces.stream().map(piece -> piece.call().range()).toList();
        }

        long bytes() {
            return ranges().stream().mapToLong(ByteRange::length).sum();
        }

        void letGo() {
            keeps = false;
            List.copyOf(pieces).forEach(piece -> piece.memory().release());
        }
    }

    @Test
    void adjacentReadsBecomeOne() {
        var scheduler = new RequestScheduler(64 * MIB, 1);
        var sink = new Sink();
        var client = open(scheduler, scheduler.add(device), sink);
        for (int i = 0; i < 64; i++) {
            read(scheduler, client, i * 65536L, 65536);
        }
        assertThat(gate.held()).as("as many as may be in flight").isEqualTo(16);
        gate.open();
        assertThat(device.reads())
                .startsWith(new ByteRange(0, 65536))
                .endsWith(new ByteRange(MIB, MIB), new ByteRange(2 * MIB, MIB), new ByteRange(3 * MIB, MIB))
                .hasSize(16 + 3);
        assertThat(sink.bytes()).isEqualTo(4 * MIB);
    }

    @Test
    void readsThatAreNotAdjacentStayApart() {
        var scheduler = new RequestScheduler(64 * MIB, 1);
        var sink = new Sink();
        var client = open(scheduler, scheduler.add(device), sink);
        for (int i = 0; i < 20; i++) {
            read(scheduler, client, i * 8192L, 4096);
        }
        gate.open();
        assertThat(sink.ranges()).hasSize(20).allMatch(range -> range.length() == 4096);
    }

    @Test
    void aLargeReadIsSplitAndTheDeviceNeverHasMoreThanFourMebibytes() {
        var scheduler = new RequestScheduler(64 * MIB, 1);
        var sink = new Sink();
        sink.keeps = false;
        var client = open(scheduler, scheduler.add(device), sink);
        read(scheduler, client, 100, 32 * MIB);
        assertThat(gate.held()).isEqualTo(4);
        gate.open();
        assertThat(sink.bytes()).isEqualTo(32 * MIB);
        assertThat(sink.ranges()).allMatch(range -> range.length() <= MIB);
        assertThat(device.mostBytesInCalls()).isLessThanOrEqualTo(4 * MIB);
    }

    @Test
    void nothingIsAskedForThatCannotBeHeld() {
        var scheduler = new RequestScheduler(8 * MIB, 2);
        gate.open();
        var sink = new Sink();
        var client = open(scheduler, scheduler.add(device), sink);
        read(scheduler, client, 0, 32 * MIB);
        assertThat(sink.bytes())
                .as("two for itself, and half of the four for all")
                .isEqualTo(4 * MIB);
        sink.letGo();
        assertThat(sink.bytes()).isEqualTo(32 * MIB);
    }

    @Test
    void aClientThatTakesNothingDoesNotStopTheOthers() {
        var scheduler = new RequestScheduler(8 * MIB, 4);
        gate.open();
        var queue = scheduler.add(device);
        for (int i = 0; i < 3; i++) {
            read(scheduler, open(scheduler, queue, new Sink()), 0, 32 * MIB);
        }
        var sink = new Sink();
        sink.keeps = false;
        read(scheduler, open(scheduler, queue, sink), 0, 32 * MIB);
        assertThat(sink.bytes()).isEqualTo(32 * MIB);
    }

    @Test
    void clientsTakeTurns() {
        var scheduler = new RequestScheduler(64 * MIB, 3);
        var queue = scheduler.add(device);
        var all = new Sink();
        all.keeps = false;
        var clients = List.of(open(scheduler, queue, all), open(scheduler, queue, all), open(scheduler, queue, all));
        for (int i = 0; i < 3; i++) {
            read(scheduler, clients.get(i), 16L * i * MIB, 8 * MIB);
        }
        gate.open();
        var turns = device.reads().stream()
                .map(range -> range.offset() / (16 * MIB))
                .toList();
        assertThat(turns.subList(4, 16)).isEqualTo(List.of(0L, 1L, 2L, 0L, 1L, 2L, 0L, 1L, 2L, 0L, 1L, 2L));
    }

    @Test
    void aClosedClientKeepsItsPlaceUntilItsMemoryIsFree() {
        var scheduler = new RequestScheduler(8 * MIB, 1);
        var queue = scheduler.add(device);
        var sink = new Sink();
        var client = open(scheduler, queue, sink);
        read(scheduler, client, 0, 4096);
        scheduler.close(client);
        assertThat(scheduler.open(queue, List.of())).isEmpty();
        gate.open();
        assertThat(scheduler.open(queue, List.of())).isEmpty();
        sink.letGo();
        assertThat(scheduler.open(queue, List.of())).isPresent();
    }

    @Test
    void aligns() {
        var scheduler = new RequestScheduler(8 * MIB, 1);
        gate.open();
        var sink = new Sink();
        sink.keeps = false;
        var client = open(scheduler, scheduler.add(device.alignment(4096, 65536)), sink);
        read(scheduler, client, 4097, 65536);
        read(scheduler, client, 4097 + 65536, 1);
        assertThat(sink.ranges())
                .containsExactly(new ByteRange(4096, 65536), new ByteRange(69632, 4096), new ByteRange(69632, 4096));
    }

    private static ClientQueue open(RequestScheduler scheduler, DeviceQueue device, ReplySink sink) {
        var client = scheduler.open(device, List.of()).orElseThrow();
        client.deliverTo(sink);
        return client;
    }

    private static void read(RequestScheduler scheduler, ClientQueue client, long offset, int length) {
        scheduler.read(client, new ReadRequest(0, new ByteRange(offset, length), false));
    }
}
