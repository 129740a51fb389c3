package org.virtkeep.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ExitCode;

/// Notices that the process is told to end (SIGTERM, SIGINT, SIGHUP), and holds its end up until what it serves is in
/// order. That is the usual way to end a server, so the exit code is 0 then.
final class EndSignal implements AutoCloseable {
    private static final long GRACE_SECONDS = 60;

    private final CountDownLatch given = new CountDownLatch(1);
    private final CountDownLatch inOrder = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("cli-end").unstarted(this::hold);

    private EndSignal() {}

    static EndSignal await() {
        var signal = new EndSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    private void hold() {
        given.countDown();
        try {
            if (inOrder.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(ExitCode.OK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the signal, for this long at most.
    boolean isGiven(Duration limit) {
        try {
            return given.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Everything is in order: the process may end.
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            inOrder.countDown(); // it is ending already
        }
    }
}
