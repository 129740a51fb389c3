package org.virtkeep.daemon;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ExitCode;

/// Notices that the process is told to end (SIGTERM, SIGINT, SIGHUP is for reloading), and holds its end up until
/// everything is in order. That is the usual way to end a daemon, so the exit code is 0 then.
final class EndSignal implements AutoCloseable {
    private static final long GRACE_SECONDS = 30;

    private final CountDownLatch given = new CountDownLatch(1);
    private final CountDownLatch inOrder = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("end").unstarted(this::hold);

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

    void await(Daemon daemon) throws InterruptedException {
        given.await();
        daemon.close();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            inOrder.countDown(); // it is ending already
        }
    }
}
