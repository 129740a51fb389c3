package org.virtkeep.transfer;

import java.util.concurrent.atomic.LongAdder;

/// How far a backup or restore is, in bytes of the disks. Written by the work, read by whoever shows it.
public final class TransferProgress {
    private final LongAdder done = new LongAdder();
    private final LongAdder moved = new LongAdder();
    private volatile long total;

    /// Nothing is done, and it is not known how much there is to do.
    public TransferProgress() {}

    void expect(long bytes) {
        total = bytes;
    }

    /// Data went through.
    void moved(long bytes) {
        moved.add(bytes);
        done.add(bytes);
    }

    /// A part was dealt with without moving it: zeros.
    void skipped(long bytes) {
        done.add(bytes);
    }

    /// What there is to do; 0 until it is known. May be exceeded by a little, because whole chunks are
    /// read.
    public long total() {
        return total;
    }

    /// What has been done, parts of zeros included.
    public long done() {
        return done.sum();
    }

    /// Data that has been moved.
    public long moved() {
        return moved.sum();
    }
}
