package org.virtkeep.model;

import java.util.SplittableRandom;
import java.util.function.Consumer;

final class Property {
    private Property() {}

    static void forAll(int runs, Consumer<SplittableRandom> claim) {
        long first = Long.getLong("property.seed", System.nanoTime());
        int wanted = Integer.getInteger("property.runs", runs);
        for (int run = 0; run < wanted; run++) {
            long seed = first + run;
            try {
                claim.accept(new SplittableRandom(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("falsified; replay with -Dproperty.seed=" + seed + " -Dproperty.runs=1", e);
            }
        }
    }
}
