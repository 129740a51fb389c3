package org.virtkeep.daemon.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virtkeep.api.Event;

final class LifecycleDetailTest {
    @ParameterizedTest
    @CsvSource({
        "DEFINED, added, 0",
        "DEFINED, updated, 1",
        "UNDEFINED, removed, 0",
        "STARTED, booted, 0",
        "STARTED, attached, 0",
        "SUSPENDED, paused, 0",
        "SUSPENDED, ioerror, 2",
        "SUSPENDED, watchdog, 3",
        "SUSPENDED, prelaunch, 0",
        "RESUMED, unpaused, 0",
        "STOPPED, shutdown, 0",
        "STOPPED, destroyed, 1",
        "STOPPED, crashed, 2",
        "STOPPED, failed, 5",
        "SHUTDOWN, finished, 0",
        "CRASHED, panicked, 0"
    })
    void everyReasonOfTheDriverHasLibvirtsNumber(Event.LifecycleType type, String word, int number) {
        assertThat(LifecycleDetail.of(new Event.Lifecycle(1, Instant.EPOCH, "vm", type, word)))
                .isEqualTo(number);
    }
}
