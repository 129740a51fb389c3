package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PropertyTest {

    @Test
    void checksAsManyInputsAsAskedFor() {
        List<Long> seen = new ArrayList<>();
        Property.forAll(20, random -> seen.add(random.nextLong()));
        assertThat(seen).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void aFailureNamesASeedThatMakesItAgain() {
        var drawn = new AtomicLong();
        Property.Claim neverLarge = random -> {
            drawn.set(random.nextLong(100));
            assertThat(drawn.get()).isLessThan(80);
        };
        AssertionError failure = catchFailure(neverLarge);
        long failing = drawn.get();
        String seed = failure.getMessage().replaceAll("(?s).*-Dproperty.seed=(-?\\d+) .*", "$1");
        System.setProperty("property.seed", seed);
        System.setProperty("property.runs", "1");
        try {
            catchFailure(neverLarge);
        } finally {
            System.clearProperty("property.seed");
            System.clearProperty("property.runs");
        }
        assertThat(drawn.get()).isEqualTo(failing);
    }

    private static AssertionError catchFailure(Property.Claim claim) {
        var caught = new ArrayList<AssertionError>();
        assertThatThrownBy(() -> Property.forAll(1_000, claim))
                .isInstanceOfSatisfying(AssertionError.class, caught::add);
        return caught.getFirst();
    }
}
