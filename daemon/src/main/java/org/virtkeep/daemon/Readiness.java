package org.virtkeep.daemon;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells systemd how far the daemon is, if it was started by one that waits for that (`Type=notify`).
final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
    private static final long LIMIT_SECONDS = 10;

    private Readiness() {}

    /// @param state as in `sd_notify(3)`, such as `READY=1`
    static void tell(String state) {
        Optional.ofNullable(System.getenv("NOTIFY_SOCKET")).ifPresent(_ -> run(state));
    }

    /// Java has no datagrams over unix sockets; the program that comes with systemd sends them.
    private static void run(String state) {
        try {
            Process notify = new ProcessBuilder("systemd-notify", state)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!notify.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || notify.exitValue() != 0) {
                LOG.warn("systemd was not told state={}", state);
            }
        } catch (IOException e) {
            LOG.warn("systemd was not told state={} reason=\"{}\"", state, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
