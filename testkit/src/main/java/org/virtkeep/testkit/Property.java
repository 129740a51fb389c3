package org.virtkeep.testkit;

import java.util.SplittableRandom;

/// Checks a property on random inputs that can be made again from a number.
public final class Property {

    private static final String SEED = "property.seed";
    private static final String RUNS = "property.runs";

    private Property() {}

    /// A claim about inputs drawn from `random`. It fails by throwing.
    @FunctionalInterface
    public interface Claim {
        void check(SplittableRandom random) throws Exception;
    }

    /// Checks `claim` on `runs` inputs, each from a seed of its own. The first failure ends with an
    /// [AssertionError] that names the seed which replays it alone: `-Dproperty.seed=N -Dproperty.runs=1`.
    public static void forAll(int runs, Claim claim) {
        long first = Long.getLong(SEED, System.nanoTime());
        int wanted = Integer.getInteger(RUNS, runs);
        for (int run = 0; run < wanted; run++) {
            long seed = first + run;
            try {
                claim.check(new SplittableRandom(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "falsified in run %d; replay with -D%s=%d -D%s=1: %s".formatted(run, SEED, seed, RUNS, e), e);
            }
        }
    }
}
