package org.virtkeep.repository;

import java.util.concurrent.atomic.AtomicLong;

/// Long work that can be watched and cancelled from other threads. Thread-safe; for one piece of work.
public final class Task {
    private final AtomicLong done = new AtomicLong();
    private volatile Progress stage = new Progress("starting", 0, 0, false);
    private volatile boolean cancelled;

    public Task() {}

    /// How far the work is.
    ///
    /// @param stage what is being done now, in a word or two for people
    /// @param done how much of the stage is done
    /// @param total how much there is; 0 if that is not known
    /// @param inBytes whether these are bytes; else they count things
    public record Progress(String stage, long done, long total, boolean inBytes) {}

    public Progress progress() {
        Progress current = stage;
        return new Progress(current.stage(), done.get(), current.total(), current.inBytes());
    }

    /// Lets the work end soon with [RepositoryException.Cancelled]. What it then leaves is what its interruption by
    /// a crash would leave, or less: nothing that a later run does not put right. Idempotent.
    public void cancel() {
        cancelled = true;
    }

    void beginBytes(String name, long total) throws RepositoryException.Cancelled {
        begin(new Progress(name, 0, total, true));
    }

    void beginCount(String name, long total) throws RepositoryException.Cancelled {
        begin(new Progress(name, 0, total, false));
    }

    private void begin(Progress next) throws RepositoryException.Cancelled {
        check();
        done.set(0);
        stage = next;
    }

    void add(long amount) throws RepositoryException.Cancelled {
        done.addAndGet(amount);
        check();
    }

    /// @throws RepositoryException.Cancelled if somebody wants the work to end
    void check() throws RepositoryException.Cancelled {
        if (cancelled) {
            throw new RepositoryException.Cancelled(
                    "cancelled while %s; nothing is lost, and it can be begun again".formatted(stage.stage()));
        }
    }
}
