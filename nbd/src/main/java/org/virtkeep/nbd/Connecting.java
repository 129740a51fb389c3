package org.virtkeep.nbd;

import java.util.Optional;
import java.util.function.Consumer;

/// A connection that is being made while its owner makes others: each takes a server several answers, one after the
/// other. Confined to its owner's thread, but for the thread that connects.
final class Connecting<C> implements AutoCloseable {
    private final Thread thread;
    private final Consumer<C> closing;

    // Written by the thread, and read when it has ended. One of both is there then.
    private volatile Optional<C> connection = Optional.empty();
    private volatile Optional<NbdException> failure = Optional.empty();

    /// Connects, which has an end of its own.
    @FunctionalInterface
    interface Attempt<C> {
        C run() throws NbdException;
    }

    /// Begins to connect.
    ///
    /// @param closing what [#close] does with the connection, if it came to be
    Connecting(Attempt<C> attempt, Consumer<C> closing) {
        this.closing = closing;
        // A platform thread: a virtual one that waits for a socket leaves a poller behind when the JVM ends.
        thread = Thread.ofPlatform().name("nbd-connect").daemon().start(() -> run(attempt));
    }

    private void run(Attempt<C> attempt) {
        try {
            connection = Optional.of(attempt.run());
        } catch (NbdException e) {
            failure = Optional.of(e);
        } catch (RuntimeException | Error e) {
            failure = Optional.of(new NbdException.Disconnected("connecting failed: " + e, e));
            throw e;
        }
    }

    /// The connection, when it is made.
    ///
    /// @throws NbdException what was in the way
    C await() throws NbdException {
        join();
        if (failure.isPresent()) {
            throw failure.get();
        }
        return connection.orElseThrow();
    }

    /// The attempt ends by its deadline at the latest. An interrupt is kept for later.
    private void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the attempt, and closes what it has made.
    @Override
    public void close() {
        join();
        connection.ifPresent(closing);
    }
}
