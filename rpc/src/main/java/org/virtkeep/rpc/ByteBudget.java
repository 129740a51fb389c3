package org.virtkeep.rpc;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.virtkeep.model.Deadline;

/// Memory that the large packets of all connections share. Thread-safe.
///
/// Only packets above [#FREE_BYTES] take from it, so that calls of ordinary size are served however many
/// large ones are on their way.
public final class ByteBudget {

    /// Packets up to this size are not counted.
    static final int FREE_BYTES = 64 * 1024;

    private static final int UNIT_BYTES = 1024;

    private final Semaphore units;
    private final int total;

    /// @param bytes how much all connections may hold together; at least one packet of the largest size,
    ///     or such packets are always refused
    public ByteBudget(long bytes) {
        this.total = Math.toIntExact(Math.ceilDiv(bytes, UNIT_BYTES));
        this.units = new Semaphore(total, true);
    }

    /// Whether a packet of this size can be held at all.
    boolean canHold(int bytes) {
        return units(bytes) <= total;
    }

    /// Waits until there is room for a packet to grow, and takes it. One that stays small never waits,
    /// not even behind others that do.
    ///
    /// @param from what the packet holds, which was taken before
    /// @param to   what it is to hold
    /// @return false if there was no room before `deadline`; then nothing is taken
    boolean grow(int from, int to, Deadline deadline) throws InterruptedException {
        int wanted = units(to) - units(from);
        return wanted == 0
                || canHold(to) && units.tryAcquire(wanted, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    }

    /// @param bytes what a packet held
    void giveBack(int bytes) {
        units.release(units(bytes));
    }

    /// What nobody holds now, in bytes in whole units.
    long freeBytes() {
        return (long) units.availablePermits() * UNIT_BYTES;
    }

    private static int units(int bytes) {
        return bytes <= FREE_BYTES ? 0 : Math.ceilDiv(bytes, UNIT_BYTES);
    }
}
