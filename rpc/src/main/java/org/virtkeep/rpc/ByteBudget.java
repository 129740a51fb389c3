package org.virtkeep.rpc;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.virtkeep.model.Deadline;

/// Memory that the large packets of all connections share. Thread-safe.
///
/// Only packets above [#FREE_BYTES] take from it, so that calls of ordinary size are served however many large
/// ones are on their way.
public final class ByteBudget {

    /// Packets up to this size are not counted.
    static final int FREE_BYTES = 64 * 1024;

    private static final int UNIT_BYTES = 1024;

    private final Semaphore units;
    private final int total;

    /// @param bytes how much all connections may hold together; at least one packet of the largest size, or
    ///     such packets are always refused
    public ByteBudget(long bytes) {
        this.total = Math.toIntExact(Math.ceilDiv(bytes, UNIT_BYTES));
        this.units = new Semaphore(total, true);
    }

    /// Waits until `bytes` are free and takes them.
    ///
    /// @return false if they were not free before `deadline`; then nothing is taken
    boolean take(int bytes, Deadline deadline) throws InterruptedException {
        int wanted = units(bytes);
        return wanted <= total && units.tryAcquire(wanted, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    }

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
