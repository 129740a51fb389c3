package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.Deadline;

/// Keeps a guest frozen for no longer than was asked. Thread-safe.
///
/// The guest is thawed by [#thaw], by the passing of the limit, or by [#close], whichever comes first. A
/// freeze whose answer never came counts as frozen: a thaw too many does no harm, a thaw too few stops the
/// guest's writes.
final class QuiesceGuard implements AutoCloseable {

    /// How long one attempt to thaw may take. The agent answers within milliseconds or is in trouble.
    private static final Duration THAW_LIMIT = Duration.ofSeconds(10);

    private final Path agentSocket;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition thawed = lock.newCondition();

    // Guarded by lock.
    private GuestAgent agent;
    private boolean frozen;
    private boolean expired;

    QuiesceGuard(Path agentSocket) {
        this.agentSocket = agentSocket;
    }

    /// Freezes the guest and starts the clock.
    ///
    /// @return how many file systems were frozen
    /// @throws IOException if the agent cannot be reached, refuses, or does not answer; the guest is
    ///     thawed then
    int freeze(Duration limit) throws IOException {
        lock.lock();
        try {
            var deadline = Deadline.in(limit);
            agent = GuestAgent.connect(agentSocket, deadline);
            frozen = true;
            int count = agent.freeze(deadline);
            Thread.ofVirtual().name("quiesce-limit").start(() -> thawAt(deadline));
            return count;
        } catch (IOException e) {
            thawSuppressing(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /// Thaws the guest.
    ///
    /// @throws IOException if it could not be thawed, or had been thawed already because the limit had
    ///     passed: what happened meanwhile happened to a running guest
    void thaw() throws IOException {
        lock.lock();
        try {
            if (expired) {
                throw new IOException(
                        "the guest's file systems were thawed before the backup's instant, because they had "
                                + "been frozen for as long as is allowed");
            }
            thawNow();
        } finally {
            lock.unlock();
        }
    }

    private void thawAt(Deadline deadline) {
        lock.lock();
        try {
            while (frozen && !deadline.hasPassed()) {
                thawed.awaitNanos(deadline.remaining().toNanos());
            }
            if (frozen) {
                expired = true;
                thawNow();
            }
        } catch (InterruptedException | IOException e) {
            System.err.println("could not thaw the guest: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void thawNow() throws IOException {
        if (!frozen) {
            return;
        }
        try {
            agent.thaw(Deadline.in(THAW_LIMIT));
        } catch (IOException e) {
            thawAfresh(e);
        }
        frozen = false;
        thawed.signalAll();
        agent.close();
    }

    /// The first conversation may be out of step, for example after a freeze that timed out: begins a new
    /// one.
    private void thawAfresh(IOException first) throws IOException {
        if (agent != null) {
            agent.close();
        }
        try (var second = GuestAgent.connect(agentSocket, Deadline.in(THAW_LIMIT))) {
            second.thaw(Deadline.in(THAW_LIMIT));
        } catch (IOException e) {
            e.addSuppressed(first);
            throw e;
        }
    }

    private void thawSuppressing(IOException failure) {
        if (agent == null) {
            frozen = false;
            return;
        }
        try {
            thawNow();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /// Thaws the guest if it is frozen. Failures are reported on standard error, which is the job's log.
    @Override
    public void close() {
        lock.lock();
        try {
            thawNow();
        } catch (IOException e) {
            System.err.println("could not thaw the guest: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }
}
