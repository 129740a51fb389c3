package org.virtkeep.qemu;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;

/// What goes on when a call has been answered: the release of what ended jobs hold, and the end of sessions.
/// If this process dies meanwhile, the next session on the domain does it. Thread-safe.
final class LateEndings implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateEndings.class);
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

    /// Does something in a session that is closed when the caller has been answered: nobody need wait for what is
    /// noted of a domain then. It is held until that is done. After a failure it is closed at once.
    <T> T within(Supplier<DomainSession> opening, Function<DomainSession, T> action) {
        return within(opening, action, _ -> {});
    }

    /// As [#within], for an action of which a part may wait, too: it returns that part, which is done before the
    /// session is closed, or by the next session if this process dies.
    void withRest(Supplier<DomainSession> opening, Function<DomainSession, Runnable> action) {
        within(opening, action, Runnable::run);
    }

    private <T> T within(Supplier<DomainSession> opening, Function<DomainSession, T> action, Consumer<T> rest) {
        DomainSession session = opening.get();
        T result;
        try {
            result = action.apply(session);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
        closeLater(session, () -> rest.accept(result));
        return result;
    }

    /// The images of a domain that is shut off are closed when the caller is answered, who may want to use them.
    private void closeLater(DomainSession session, Runnable rest) {
        if (session.isOpenedAgain() || !session.isActive()) {
            finish(session, rest);
        } else {
            start(() -> finish(session, rest));
        }
    }

    private static void finish(DomainSession session, Runnable rest) {
        try (session) {
            rest.run();
        } catch (VirtException e) {
            LOG.warn("left to the next session domain={}", session.name(), e);
        }
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
