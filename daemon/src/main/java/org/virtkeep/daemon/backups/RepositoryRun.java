package org.virtkeep.daemon.backups;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.api.RepositoryBackup;
import org.virtkeep.api.RepositoryBackupListener;
import org.virtkeep.api.RepositoryBackupOutcome;
import org.virtkeep.daemon.wire.WireBackup;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.RepositoryBackupMessages;
import org.virtkeep.rpc.RepositoryBackupMessages.News;
import org.virtkeep.rpc.RepositoryBackupMessages.Progress;
import org.virtkeep.rpc.RepositoryBackupMessages.Telling;

/// Backups that one client has begun together, and what it has not heard of them yet: notes and outcomes, as many as
/// the request has domains and disks, and the newest progress. Thread-safe.
final class RepositoryRun implements RepositoryBackupListener {
    private final RepositoryBackup backup;
    private final List<String> untold;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final ArrayDeque<Telling> tellings = new ArrayDeque<>();
    private long number;
    private Optional<Progress> progress = Optional.empty();
    private boolean ended;

    /// @param backup  begun; this closes it
    /// @param domains what was asked for
    RepositoryRun(RepositoryBackup backup, List<String> domains) {
        this.backup = backup;
        this.untold = new ArrayList<>(domains);
    }

    /// Makes the backups. Whatever fails is told; nothing is thrown.
    void run() {
        try (backup) {
            backup.await(this);
        } catch (Throwable e) {
            fail(e);
        } finally {
            end();
        }
    }

    /// Also a lack of memory ends these backups alone.
    private void fail(Throwable thrown) {
        var failure = VirtException.fault(thrown);
        for (String domain : List.copyOf(untold)) {
            ended(RepositoryBackupOutcome.failed(domain, failure, List.of()));
        }
    }

    /// Asks for its end; what ends it is told like every outcome.
    void cancel(String why) {
        backup.cancel(why);
    }

    /// What the client has not heard yet; waits for it at most until `deadline`.
    ///
    /// @param after what it has heard, which is forgotten
    News news(long after, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            while (!tellings.isEmpty() && tellings.peek().number() <= after) {
                tellings.remove();
            }
            while (tellings.isEmpty() && progress.isEmpty() && !ended && !deadline.hasPassed()) {
                changed.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    private News take() {
        List<Telling> some = tellings.stream()
                .limit(RepositoryBackupMessages.MAXIMUM_TELLINGS)
                .toList();
        Optional<Progress> now = progress;
        progress = Optional.empty();
        return new News(now, some, ended && some.size() == tellings.size());
    }

    /// Waits for the end.
    ///
    /// @return whether it has come before `deadline`
    boolean awaitEnd(Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            while (!ended && !deadline.hasPassed()) {
                Duration left = deadline.remaining();
                changed.await(left.toNanos(), TimeUnit.NANOSECONDS);
            }
            return ended;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void progress(long done, long total) {
        lock.lock();
        try {
            progress = Optional.of(new Progress(done, total));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void note(String text) {
        tell(Optional.of(text), Optional.empty());
    }

    @Override
    public void ended(RepositoryBackupOutcome outcome) {
        tell(Optional.empty(), Optional.of(WireBackup.of(outcome)));
        untold.remove(outcome.domain());
    }

    private void tell(Optional<String> note, Optional<RepositoryBackupMessages.Outcome> outcome) {
        lock.lock();
        try {
            tellings.add(new Telling(++number, note, outcome));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
