package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ConnectingTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void aConnectionIsMadeWhileItsOwnerDoesSomethingElse() throws Exception {
        var goOn = new CountDownLatch(1);
        var connecting = connecting(() -> {
            awaitQuietly(goOn);
            return "made";
        });
        goOn.countDown();
        assertThat(connecting.await()).isEqualTo("made");
        assertThat(closed).isEmpty();
    }

    @Test
    void aFailureIsToldToWhoWaitsAndLeavesNothingToClose() {
        var connecting = connecting(() -> {
            throw new NbdException.Refused(NbdError.EINVAL, "no such export");
        });
        assertThatThrownBy(connecting::await)
                .isInstanceOf(NbdException.Refused.class)
                .hasMessage("no such export");
        connecting.close();
        assertThat(closed).isEmpty();
    }

    @Test
    void whatNobodyWantsAnyMoreIsClosedWhenItIsMade() {
        var goOn = new CountDownLatch(1);
        var connecting = connecting(() -> {
            awaitQuietly(goOn);
            return "made";
        });
        goOn.countDown();
        connecting.close();
        assertThat(closed).containsExactly("made");
    }

    @Test
    void anInterruptIsKeptForLater() throws Exception {
        var connecting = connecting(() -> "made");
        Thread.currentThread().interrupt();
        assertThat(connecting.await()).isEqualTo("made");
        assertThat(Thread.interrupted()).isTrue();
    }

    private Connecting<String> connecting(Connecting.Attempt<String> attempt) {
        return new Connecting<>(attempt, closed::add);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
