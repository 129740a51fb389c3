package org.virtkeep.daemon;

import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/// What the process is told from outside: to end (SIGTERM, SIGINT), or to read its configuration again (SIGHUP).
/// Holds the end up until everything is in order; that is the usual way to end a daemon, so the exit code is 0 then.
final class Signals implements AutoCloseable {
    enum Told {
        END,
        RELOAD
    }

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final long GRACE_SECONDS = 30;

    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final CountDownLatch inOrder = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("end").unstarted(this::hold);

    private Signals() {}

    static Signals listen() {
        var signals = new Signals();
        onHangUp(() -> signals.told.add(Told.RELOAD));
        Runtime.getRuntime().addShutdownHook(signals.hook);
        return signals;
    }

    /// `sun.misc.Signal` is the only way to notice a signal. Reached by its name, because the compiler warns of the
    /// type; module `jdk.unsupported` is there to keep it.
    private static void onHangUp(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (_, _, _) -> {
                action.run();
                return null;
            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (ReflectiveOperationException e) {
            LOG.warn("SIGHUP will end the daemon instead of reloading its configuration", e);
        }
    }

    private void hold() {
        told.add(Told.END);
        try {
            if (inOrder.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(ExitCode.OK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the next.
    Told next() throws InterruptedException {
        return told.take();
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
