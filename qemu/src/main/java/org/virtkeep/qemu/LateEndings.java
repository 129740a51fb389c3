package org.virtkeep.qemu;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.virtkeep.model.Deadline;

/// What goes on when a call has been answered: the release of what ended jobs hold. If this process dies
/// meanwhile, the next session on the domain does it. Thread-safe.
final class LateEndings implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /// Returns at once.
    void start(Runnable ending) {
        Thread thread = Thread.ofVirtual().name("ending").unstarted(() -> {
            try {
                ending.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        threads.add(thread);
        thread.start();
    }

    /// Waits for those that have been started, for ten seconds at most.
    @Override
    public void close() {
        var deadline = Deadline.in(CLOSE_LIMIT);
        try {
            for (Thread thread : Set.copyOf(threads)) {
                thread.join(deadline.remaining());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
