package org.virtkeep.qemu;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.OperationLock;
import org.virtkeep.testkit.Await;

/// A domain whose connection is asked for events all the time, as a daemon does, so that it listens to QEMU. Owns the
/// domain.
final class HeardDomain implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /// For an answer that needs nobody's lock.
    private static final Duration AT_ONCE = Duration.ofMillis(300);

    private final TestDomain vm;
    private final Thread listener;
    private volatile boolean over;

    HeardDomain(TestDomain vm) {
        this.vm = vm;
        this.listener = Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
        long last = 0;
        while (!over) {
            last = vm.connection().events(last, Duration.ofMillis(100)).stream()
                    .mapToLong(event -> event.sequence())
                    .max()
                    .orElse(last);
        }
    }

    DomainFolder folder() {
        return vm.root().folder("vm");
    }

    /// Waits until questions are answered without the domain's lock.
    void awaitSettled() {
        await(() -> answersWhileHeld(() -> vm.domain().diskErrors()));
    }

    /// True if the question is answered although somebody holds the domain.
    boolean answersWhileHeld(Runnable question) {
        try (OperationLock _ = folder().lock("test", Deadline.in(LIMIT))) {
            var asking = Thread.ofPlatform().start(question);
            try {
                return asking.join(AT_ONCE);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    static void await(BooleanSupplier condition) {
        Await.until("what the domain knows", LIMIT, condition::getAsBoolean);
    }

    /// Listens no more. The domain is still there.
    void stopListening() {
        over = true;
        try {
            listener.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        stopListening();
        vm.close();
    }
}
