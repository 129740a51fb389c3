package org.virtkeep.qemu.backup;

import java.time.Duration;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

/// A keeper's watch while its job is being begun: scratch or a target may fail as soon as the instant is reached, and
/// the begin, which holds the domain, may take its time. Frees the guest and leaves word why; the begin then fails, or
/// the job does at once. A thread of its own until closed.
final class BeginWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final QemuWatch watch;
    private final JobStore jobs;
    private final int id;
    private final Thread thread;
    private volatile boolean over;

    private BeginWatch(QemuWatch watch, JobStore jobs, int id) {
        this.watch = watch;
        this.jobs = jobs;
        this.id = id;
        this.thread = Thread.ofPlatform().name("begin-watch").daemon().unstarted(this::run);
    }

    /// Returns with the thread running.
    static BeginWatch start(Root root, DomainFolder folder, int id) {
        var jobs = new JobStore(folder, root.durable());
        var started = new BeginWatch(new QemuWatch(folder, jobs, root.tag()), jobs, id);
        started.thread.start();
        return started;
    }

    private void run() {
        try (watch) {
            while (!over) {
                jobs.find(id).ifPresentOrElse(watch::look, () -> Pause.of(PAUSE));
            }
        }
    }

    /// Ends the watch after the look in work, which may free the guest.
    @Override
    public void close() {
        over = true;
        watch.wake();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
