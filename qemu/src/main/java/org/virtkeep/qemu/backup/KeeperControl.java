package org.virtkeep.qemu.backup;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.qemu.state.ProcessIdentity;

/// How a job's keeper is made to let go of QEMU, so that the job can be taken down.
@FunctionalInterface
interface KeeperControl {

    /// A keeper closes its clients and its connections to QEMU within a second of being asked to end.
    Duration PATIENCE = Duration.ofSeconds(3);

    /// Returns when the job's keeper serves nobody and has no connection to QEMU any more.
    void stop(ProcessIdentity keeper);

    /// Ends keepers: asks first, then kills. A keeper that hangs would otherwise hang QEMU.
    static KeeperControl outside() {
        return keeper -> ProcessHandle.of(keeper.pid())
                .filter(_ -> keeper.isAlive())
                .ifPresent(process -> {
                    process.destroy();
                    if (!endsWithin(process, PATIENCE)) {
                        process.destroyForcibly();
                        endsWithin(process, PATIENCE);
                    }
                });
    }

    /// The control that a keeper itself uses: it ends its own serving instead of itself.
    static KeeperControl inside(Runnable stopServing) {
        ProcessIdentity self = ProcessIdentity.ofThisProcess();
        KeeperControl others = outside();
        return keeper -> {
            if (keeper.equals(self)) {
                stopServing.run();
            } else {
                others.stop(keeper);
            }
        };
    }

    private static boolean endsWithin(ProcessHandle process, Duration limit) {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("a process's end cannot fail", e);
        }
    }
}
