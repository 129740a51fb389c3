package org.virtkeep.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Signals that Java cannot send itself.
final class TestSignals {
    private TestSignals() {}

    /// Sends SIG`name`; a process that has just ended is no error.
    static void send(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
