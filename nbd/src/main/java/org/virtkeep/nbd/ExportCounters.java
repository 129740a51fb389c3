package org.virtkeep.nbd;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// What happened on one export so far. Thread-safe; see [ExportProgress] for the meaning of each number.
final class ExportCounters {
    private final InstantSource clock;
    private final LongAdder bytesRead = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder failedRequests = new LongAdder();
    private final AtomicInteger clientsNow = new AtomicInteger();
    private final LongAdder clientsEver = new LongAdder();
    private final LongAdder clientsDone = new LongAdder();
    private final LongAdder clientsLost = new LongAdder();
    private final AtomicLong lastActivityMillis;
    private volatile Runnable afterClient = () -> {};

    ExportCounters(InstantSource clock) {
        this.clock = clock;
        this.lastActivityMillis = new AtomicLong(clock.millis());
    }

    void clientCame() {
        clientsEver.increment();
        clientsNow.incrementAndGet();
        active();
    }

    /// @param done true if it said goodbye and had all its replies
    void clientLeft(boolean done) {
        (done ? clientsDone : clientsLost).increment();
        clientsNow.decrementAndGet();
        afterClient.run();
    }

    void whenAClientLeaves(Runnable then) {
        afterClient = then;
    }

    void active() {
        lastActivityMillis.set(clock.millis());
    }

    void answered(long bytes) {
        bytesRead.add(bytes);
        requests.increment();
    }

    void failed() {
        failedRequests.increment();
    }

    ExportProgress progress(String name, BlockDevice device) {
        return new ExportProgress(
                name,
                device.info().sizeBytes(),
                bytesRead.sum(),
                requests.sum(),
                failedRequests.sum(),
                clientsNow.get(),
                clientsEver.sum(),
                clientsDone.sum(),
                clientsLost.sum(),
                Instant.ofEpochMilli(lastActivityMillis.get()),
                device.failure().map(NbdException::getMessage));
    }
}
