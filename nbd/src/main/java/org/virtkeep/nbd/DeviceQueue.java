package org.virtkeep.nbd;

import java.util.ArrayDeque;
import java.util.Deque;
import org.virtkeep.model.ByteRange;

/// The clients that wait for one device, in the order in which they get their turn, and what the device is
/// doing now. Guarded by the lock of the [RequestScheduler].
final class DeviceQueue {
    /// QEMU works on at most 16 requests of a connection.
    private static final int CALLS_IN_FLIGHT = 16;

    /// Enough for four reads of full size, with which QEMU is fastest; more only fills buffers.
    private static final int BYTES_IN_FLIGHT = 4 << 20;

    private static final int MAXIMUM_READ = 1 << 20;

    private final BlockDevice device;
    private final Deque<ClientQueue> waiting = new ArrayDeque<>();
    private int callsInFlight;
    private long bytesInFlight;

    DeviceQueue(BlockDevice device) {
        this.device = device;
    }

    BlockDevice device() {
        return device;
    }

    /// Clients with something to ask; each is in it once.
    Deque<ClientQueue> waiting() {
        return waiting;
    }

    /// The most bytes of one read: a multiple of the alignment.
    int maximumRead() {
        return Math.min(MAXIMUM_READ, device.maximumRead());
    }

    /// The smallest range that the device accepts and that covers `range`.
    ByteRange aligned(ByteRange range) {
        long alignment = device.alignment();
        long start = Math.floorDiv(range.offset(), alignment) * alignment;
        long end = Math.min(
                Math.ceilDiv(range.end(), alignment) * alignment, device.info().sizeBytes());
        return new ByteRange(start, end - start);
    }

    boolean hasRoom() {
        return callsInFlight < CALLS_IN_FLIGHT && bytesInFlight < BYTES_IN_FLIGHT;
    }

    /// @param bytes of data that the device will return
    void started(long bytes) {
        callsInFlight++;
        bytesInFlight += bytes;
    }

    void ended(long bytes) {
        callsInFlight--;
        bytesInFlight -= bytes;
    }
}
