package org.virtkeep.qemu;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.Root;

/// Finds out what happens to running domains for who waits for events: listens to each QEMU that lets it
/// ([GuestWatch]), and looks at all domains now and then, in a thread of its own while one look lasts, so that no busy
/// domain keeps the events of others waiting. Thread-safe.
final class BackgroundLook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundLook.class);

    /// From the end of one round to the begin of the next, at least.
    static final Duration INTERVAL = Duration.ofSeconds(1);

    /// A domain that is listened to is looked at in each so manieth round.
    private static final int ROUNDS_BETWEEN = 10;

    private final Root root;
    private final DomainLook look;
    private final WatchedDomains watched;
    private final SettledDomains settled;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private Optional<Thread> looking = Optional.empty();
    private long nextNanos = System.nanoTime() + INTERVAL.toNanos();
    private boolean closed;

    // Confined to the thread that looks, of which there is one at a time, and to close() after it.
    /// By run: when its monitor was tried in vain.
    private final Map<Integer, Refusal> refused = new HashMap<>();
    private int round;

    /// @param look asks domains, whether they are listened to or not
    BackgroundLook(Root root, DomainLook look, WatchedDomains watched, SettledDomains settled) {
        this.root = root;
        this.look = look;
        this.watched = watched;
        this.settled = settled;
    }

    /// Starts a round, unless one goes on or has just ended.
    void startIfDue() {
        lock.lock();
        try {
            if (!closed && looking.filter(Thread::isAlive).isEmpty() && System.nanoTime() - nextNanos >= 0) {
                looking = Optional.of(Thread.ofVirtual().name("look").start(this::run));
            }
        } finally {
            lock.unlock();
        }
    }

    /// As [#startIfDue()], but a round that has just ended is no reason to wait: a domain has started.
    void startSoon() {
        lock.lock();
        try {
            nextNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
        startIfDue();
    }

    private void run() {
        try {
            round++;
            watched.tidy();
            refused.values().removeIf(last -> round - last.round >= 2 * ROUNDS_BETWEEN);
            for (String name : root.domainNames()) {
                if (isClosed()) {
                    return;
                }
                DomainFolder folder = root.folder(name);
                folder.readRun().ifPresent(domain -> attend(folder, domain));
            }
        } catch (VirtException e) {
            LOG.warn("domains not looked at root={} reason={}", root.dir(), e.getMessage());
        } finally {
            ended();
        }
    }

    private void attend(DomainFolder folder, DomainRun run) {
        boolean heard = watched.listensTo(folder, run);
        watched.lookAgain(folder);
        if (!heard && mayTry(run)) {
            GuestWatch.start(folder, run, root.events(), it -> look.ask(root.folder(it)))
                    .ifPresentOrElse(
                            started -> watched.put(folder, started),
                            () -> refused.merge(run.id(), new Refusal(round, 1), Refusal::again));
        }
        if (!heard || round % ROUNDS_BETWEEN == 0 || settled.isWorthALook(folder)) {
            look.at(folder);
        }
    }

    private boolean mayTry(DomainRun run) {
        Refusal last = refused.get(run.id());
        return last == null || round - last.round >= last.pause;
    }

    /// A QEMU that is just starting may have been busy; one that somebody else listens to stays refused for longer.
    ///
    /// @param pause so many rounds later it may be tried again
    private record Refusal(int round, int pause) {
        Refusal again(Refusal now) {
            return new Refusal(now.round, Math.min(2 * pause, ROUNDS_BETWEEN));
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            nextNanos = System.nanoTime() + INTERVAL.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /// Stops to listen, lets the look at one domain end that goes on, and starts no other.
    @Override
    public void close() {
        Optional<Thread> last;
        lock.lock();
        try {
            closed = true;
            last = looking;
        } finally {
            lock.unlock();
        }
        try {
            if (last.isPresent()) {
                last.get().join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watched.close();
    }
}
