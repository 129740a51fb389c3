package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {

    @Test
    void failsEachOperationOnce() {
        List<String> outcomes = new ArrayList<>();
        int failed = Faults.everySingle(10, faults -> outcomes.add(outcomeOfThreeSteps(faults)));
        assertThat(failed).isEqualTo(3);
        assertThat(outcomes).containsExactly("xbc", "axc", "abx", "abc");
    }

    @Test
    void failsEverythingFromAnOperationOn() {
        List<String> outcomes = new ArrayList<>();
        assertThat(Faults.everyPersistent(10, faults -> outcomes.add(outcomeOfThreeSteps(faults))))
                .isEqualTo(3);
        assertThat(outcomes).containsExactly("xxx", "axx", "abx", "abc");
    }

    @Test
    void aTrialThatThrowsIsReportedWithItsPlan() {
        assertThatThrownBy(() -> Faults.everySingle(10, faults -> faults.step("open")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("operation 1 (open)");
    }

    @Test
    void aFaultThatNeverCameFailsTheTest() {
        var faults = Faults.once(3);
        assertThat(outcomeOfThreeSteps(faults)).isEqualTo("abx");
        faults.requireFired();
        assertThatThrownBy(() -> Faults.once(3).requireFired()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Faults.everySingle(10, _ -> {})).isInstanceOf(AssertionError.class);
    }

    @Test
    void anEndlessSeriesIsGivenUp() {
        assertThatThrownBy(() -> Faults.everySingle(5, faults -> {
                    for (int i = 0; i < 100; i++) {
                        attempt(faults, "a");
                    }
                }))
                .hasMessage("more than 5 operations");
    }

    private static String outcomeOfThreeSteps(Faults faults) {
        return attempt(faults, "a") + attempt(faults, "b") + attempt(faults, "c");
    }

    private static String attempt(Faults faults, String operation) {
        try {
            faults.step(operation);
            return operation;
        } catch (IOException _) {
            return "x";
        }
    }
}
