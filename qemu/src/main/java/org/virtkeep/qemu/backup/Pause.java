package org.virtkeep.qemu.backup;

import java.time.Duration;

/// A pause between two looks at something that announces nothing. Stateless.
final class Pause {
    private static final Duration BRIEF = Duration.ofMillis(5);

    private Pause() {}

    static void briefly() {
        of(BRIEF);
    }

    /// An interrupt ends the pause and is kept for the caller's own waits to see.
    static void of(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
