package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The guest's writer, on the host: writes the same sequence to files or to disks of a machine without a guest,
/// so that copies can be judged alone. Either step by step with [#writeTo], or without pause between [#start]
/// and [#stop].
public final class SequenceWriter implements AutoCloseable {

    private final Sequence sequence;
    private final List<WriterDisk> disks;
    private volatile long last;
    private volatile boolean stopWanted;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    private SequenceWriter(Geometry geometry, List<WriterDisk> disks, long last) {
        this.sequence = new Sequence(geometry);
        this.disks = List.copyOf(disks);
        this.last = last;
    }

    /// Begins a run on disks that read as zeros.
    public static SequenceWriter fresh(Geometry geometry, WriterDisk... disks) {
        try {
            for (int disk = disks.length - 1; disk >= 0; disk--) {
                disks[disk].write(0, geometry.superblock(disk));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot begin a run", e);
        }
        return new SequenceWriter(geometry, List.of(disks), 0);
    }

    /// Goes on with a run whose last whole record is `last`, after a restart of the machine.
    public static SequenceWriter resume(Geometry geometry, long last, WriterDisk... disks) {
        return new SequenceWriter(geometry, List.of(disks), last);
    }

    /// The number of the last whole record.
    public long sequence() {
        return last;
    }

    /// Writes the records up to and including `number`.
    public void writeTo(long number) {
        try {
            while (last < number) {
                writeNext();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("record " + (last + 1) + " was not written", e);
        }
    }

    /// Begins to write without pause, in a thread of its own.
    public void start() {
        stopWanted = false;
        running = CompletableFuture.runAsync(
                () -> {
                    while (!stopWanted) {
                        writeTo(last + 1);
                    }
                },
                task -> Thread.ofPlatform().name("testkit-writer").daemon().start(task));
    }

    /// Lets the record in work finish and ends the thread.
    ///
    /// @return the number of the last record
    /// @throws java.util.concurrent.CompletionException if a record could not be written meanwhile
    public long stop() {
        stopWanted = true;
        running.join();
        return last;
    }

    /// Ends the thread; a failure of it is ignored.
    @Override
    public void close() {
        stopWanted = true;
        running.exceptionally(_ -> null).join();
    }

    private void writeNext() throws IOException {
        Sequence.Entry entry = sequence.entry(last + 1);
        WriterDisk disk = disks.get(entry.disk());
        long offset = (long) entry.start() * Geometry.BLOCK_BYTES;
        int clearedBytes = (entry.blocks() - 1) * Geometry.BLOCK_BYTES;
        if (clearedBytes > 0) {
            switch (entry.kind()) {
                case DATA -> {}
                case ZERO -> disk.zero(offset + Geometry.BLOCK_BYTES, clearedBytes);
                case DISCARD -> disk.discard(offset + Geometry.BLOCK_BYTES, clearedBytes);
            }
        }
        disk.write(offset, sequence.bytes(entry));
        last++;
    }
}
