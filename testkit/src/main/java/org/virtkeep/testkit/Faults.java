package org.virtkeep.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A plan that makes the n-th of a series of operations fail. Code under test is given a decorator that calls
/// [#step] before each real operation. Thread-safe.
public final class Faults {

    private final int failAt;
    private final boolean persistent;
    private final List<String> steps = new ArrayList<>(); // Guarded by this.

    private Faults(int failAt, boolean persistent) {
        if (failAt < 1) {
            throw new IllegalArgumentException("operations are counted from 1, not " + failAt);
        }
        this.failAt = failAt;
        this.persistent = persistent;
    }

    /// Fails operation `n`, counted from 1, and no other.
    public static Faults once(int n) {
        return new Faults(n, false);
    }

    /// Fails operation `n`, counted from 1, and every later one.
    public static Faults from(int n) {
        return new Faults(n, true);
    }

    /// Counts an operation, and fails if the plan says so.
    public synchronized void step(String operation) throws IOException {
        steps.add(operation);
        int number = steps.size();
        if (number == failAt || persistent && number > failAt) {
            throw new IOException("injected fault at operation " + number + ": " + operation);
        }
    }

    /// Whether the planned fault came.
    public synchronized boolean fired() {
        return steps.size() >= failAt;
    }

    /// Fails the test if the planned fault never came: then it proved nothing.
    public synchronized void requireFired() {
        if (!fired()) {
            throw new AssertionError("no fault was injected: %d operations, fault planned at %d; they were %s"
                    .formatted(steps.size(), failAt, steps));
        }
    }

    /// What to do with one plan of [#everySingle] or [#everyPersistent].
    @FunctionalInterface
    public interface Trial {
        /// Runs the operation under the plan and checks what it left. A fault that fired makes the operation
        /// fail, which the trial expects.
        void run(Faults faults) throws Exception;
    }

    /// Runs `trial` with a fault at operation 1, 2, 3, … until a run is over before its fault: then each
    /// operation failed once.
    ///
    /// @return how many operations failed, at least 1
    /// @throws AssertionError naming the plan if a trial throws, or if `limit` operations are not enough
    public static int everySingle(int limit, Trial trial) {
        return every(limit, trial, false);
    }

    /// As [#everySingle], with all operations after the first failure failing too.
    public static int everyPersistent(int limit, Trial trial) {
        return every(limit, trial, true);
    }

    private static int every(int limit, Trial trial, boolean persistent) {
        for (int n = 1; n <= limit; n++) {
            var faults = new Faults(n, persistent);
            try {
                trial.run(faults);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("after a fault at operation %d%s: %s".formatted(n, faults.failed(), e), e);
            }
            if (!faults.fired()) {
                if (n == 1) {
                    throw new AssertionError("no fault was injected: the trial has no operations");
                }
                return n - 1;
            }
        }
        throw new AssertionError("more than " + limit + " operations");
    }

    private synchronized String failed() {
        return fired() ? " (" + steps.get(failAt - 1) + ")" : " (which never came)";
    }
}
