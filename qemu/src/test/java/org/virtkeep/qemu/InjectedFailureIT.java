package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.DoomedCommand.Operation;
import org.virtkeep.qmp.QmpException;

/// Each step of a command fails once: QEMU refuses, does not answer, or has done it and does not answer; a
/// file cannot be changed.
@Tag("qemu")
class InjectedFailureIT {
    @TempDir
    Path dir;

    /// How a step fails.
    private enum Failure {
        REFUSED,
        UNANSWERED,
        ANSWER_LOST;

        StepPlan at(int n) {
            return this == ANSWER_LOST ? new LostAnswer(n) : new AtStep(n, this::fail);
        }

        private void fail(String step) throws IOException {
            if (this == UNANSWERED && step.startsWith("QMP")) {
                throw new QmpException.TimedOut("injected: no answer");
            }
            throw new IOException("injected: no space left on device");
        }
    }

    /// The n-th step is taken, and then looks as if it had failed.
    private static final class LostAnswer implements StepPlan {
        private final int n;
        private int steps;
        private String at = "(which never came)";

        private LostAnswer(int n) {
            this.n = n;
        }

        @Override
        public void before(String step) {
            steps++;
        }

        @Override
        public void after(String step) throws IOException {
            if (steps == n) {
                at = step;
                steps++; // not again at a step within this one
                throw step.startsWith("QMP")
                        ? new QmpException.TimedOut("injected: the answer was lost")
                        : new IOException("injected: input/output error");
            }
        }

        @Override
        public String toString() {
            return "step %d, %s".formatted(n, at);
        }
    }

    @Test
    void aPushThatCannotBeginLeavesNoTrace() {
        try (var bench = new CrashBench(dir)) {
            everyFailure(bench, Operation.BEGIN_PUSH, () -> {}, false);
        }
    }

    @Test
    void aPullThatCannotBeginLeavesNoTrace() {
        try (var bench = new CrashBench(dir)) {
            everyFailure(bench, Operation.BEGIN_PULL, () -> {}, false);
        }
    }

    @Test
    void aCheckpointThatCannotBeCreatedLeavesNoTrace() {
        try (var bench = new CrashBench(dir)) {
            everyFailure(bench, Operation.CHECKPOINT_CREATE, () -> {}, false);
        }
    }

    @Test
    void aCheckpointThatCannotBeDeletedIsWholeOrGone() {
        try (var bench = new CrashBench(dir)) {
            everyFailure(bench, Operation.CHECKPOINT_DELETE, () -> {}, false);
        }
    }

    @Test
    void endingAPullCanBeRepeated() {
        try (var bench = new CrashBench(dir)) {
            everyFailure(bench, Operation.END_PULL, bench::beginPull, true);
        }
    }

    @Test
    void abortingAPushCanBeRepeated() {
        try (var bench = new CrashBench(dir)) {
            everyFailure(bench, Operation.ABORT_PUSH, bench::beginSlowPush, true);
        }
    }

    private static void everyFailure(CrashBench bench, Operation operation, Runnable prepare, boolean repeatable) {
        prepare.run();
        AtStep counting = AtStep.never();
        bench.runUnder(counting, operation);
        bench.putRight();
        int trials = 0;
        for (int n : CrashBench.chosen(counting.steps(), Failure.values().length)) {
            Failure failure = Failure.values()[trials % Failure.values().length];
            StepPlan plan = failure.at(n);
            prepare.run();
            try {
                Optional<VirtException> refusal = failureOf(bench, plan, operation);
                refusal.ifPresent(InjectedFailureIT::requireNamesAnObject);
                if (repeatable && refusal.isPresent()) {
                    repeat(bench);
                }
                bench.putRight();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("%s, %s at %s: %s".formatted(operation, failure, plan, e.getMessage()), e);
            }
            trials++;
        }
        System.out.printf("%s: failed %d times at its %d steps%n", operation, trials, counting.steps());
        bench.requireNewBackupWorks();
    }

    private static Optional<VirtException> failureOf(CrashBench bench, StepPlan plan, Operation operation) {
        try {
            bench.runUnder(plan, operation);
            return Optional.empty();
        } catch (VirtException e) {
            return Optional.of(e);
        }
    }

    private static void requireNamesAnObject(VirtException refusal) {
        assertThat(refusal.getMessage()).contains("'").contains("injected");
    }

    /// By its id, for the job may have ended all the same.
    private static void repeat(CrashBench bench) {
        BackupJob job = bench.vm().domain().backupJobs().getLast();
        BackupEnd end = bench.vm().domain().backupEnd(job.id(), job.push() ? Set.of(BackupEndFlag.ABORT) : Set.of());
        assertThat(end).isEqualTo(job.push() ? BackupEnd.ABORTED : BackupEnd.COMPLETED);
    }
}
