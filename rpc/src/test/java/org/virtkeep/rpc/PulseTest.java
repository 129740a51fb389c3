package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PulseTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void asksNothingBeforeItIsStarted() {
        assertThat(new Pulse(0).next(1_000_000 * SECOND)).isEqualTo(Pulse.Action.NOTHING);
    }

    @Test
    void givesUpAfterTheIntervalTimesCountPlusOne() {
        var pulse = new Pulse(0);
        pulse.start(new KeepAlive(Duration.ofSeconds(5), 2), 0);
        assertThat(pulse.next(4 * SECOND)).isEqualTo(Pulse.Action.NOTHING);
        assertThat(pulse.next(5 * SECOND)).isEqualTo(Pulse.Action.PING);
        assertThat(pulse.next(9 * SECOND)).isEqualTo(Pulse.Action.NOTHING);
        assertThat(pulse.next(10 * SECOND)).isEqualTo(Pulse.Action.PING);
        assertThat(pulse.next(14 * SECOND)).isEqualTo(Pulse.Action.NOTHING);
        assertThat(pulse.next(15 * SECOND)).isEqualTo(Pulse.Action.GIVE_UP);
    }

    @Test
    void anythingHeardCountsAsLife() {
        var pulse = new Pulse(0);
        pulse.start(new KeepAlive(Duration.ofSeconds(5), 1), 0);
        assertThat(pulse.next(5 * SECOND)).isEqualTo(Pulse.Action.PING);
        pulse.heard(9 * SECOND);
        assertThat(pulse.next(13 * SECOND)).isEqualTo(Pulse.Action.NOTHING);
        assertThat(pulse.next(14 * SECOND)).isEqualTo(Pulse.Action.PING);
        assertThat(pulse.next(19 * SECOND)).isEqualTo(Pulse.Action.GIVE_UP);
    }

    @Test
    void refusesSettingsThatNeverPing() {
        assertThatThrownBy(() -> new KeepAlive(Duration.ZERO, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeepAlive(Duration.ofSeconds(5), 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
