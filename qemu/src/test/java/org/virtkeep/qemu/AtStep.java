package org.virtkeep.qemu;

import java.io.IOException;

/// A plan that does something at the n-th step.
final class AtStep implements StepPlan {
    private final int n;
    private final Disturbance disturbance;
    private String at = "(which never came)";
    private int steps;

    AtStep(int n, Disturbance disturbance) {
        this.n = n;
        this.disturbance = disturbance;
    }

    /// A plan that only counts.
    static AtStep never() {
        return new AtStep(Integer.MAX_VALUE, _ -> {});
    }

    @Override
    public void before(String step) throws IOException {
        steps++;
        if (steps == n) {
            at = step;
            disturbance.at(step);
        }
    }

    int steps() {
        return steps;
    }

    boolean fired() {
        return steps >= n;
    }

    @Override
    public String toString() {
        return "step %d, %s".formatted(n, at);
    }

    /// What it does.
    @FunctionalInterface
    interface Disturbance {
        void at(String step) throws IOException;
    }
}
