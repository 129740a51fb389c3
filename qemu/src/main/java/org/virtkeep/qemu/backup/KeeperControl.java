package org.virtkeep.qemu.backup;

import java.time.Duration;
import java.util.function.Consumer;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.ProcessIdentity;

/// How a job's keeper is made to let go of QEMU, so that the job can be taken down.
@FunctionalInterface
interface KeeperControl {

    /// A keeper closes its clients and its connections to QEMU within a second of being asked to end.
    Duration PATIENCE = Duration.ofSeconds(3);

    /// Between two looks whether it has ended, which takes it a few milliseconds.
    Duration LOOK = Duration.ofMillis(1);

    /// Returns when the job's keeper serves nobody and has no connection to QEMU any more.
    ///
    /// @param atOnce true if it has nothing to do but serve and watch: it is not asked then, since the
    ///     kernel closes its connections as well, and sooner. One whose job is being begun may have
    ///     frozen the guest
    void stop(ProcessIdentity keeper, boolean atOnce);

    /// Ends keepers: asks first, then kills. A keeper that hangs would otherwise hang QEMU.
    static KeeperControl outside() {
        return (keeper, atOnce) -> {
            if (!atOnce) {
                signal(keeper, ProcessHandle::destroy);
            }
            if (atOnce || !endsWithin(keeper, PATIENCE)) {
                kill(keeper);
            }
        };
    }

    /// Ends a keeper at once, as the kernel closes its connections then: for one that does not listen.
    static void kill(ProcessIdentity keeper) {
        signal(keeper, ProcessHandle::destroyForcibly);
        endsWithin(keeper, PATIENCE);
    }

    private static void signal(ProcessIdentity keeper, Consumer<ProcessHandle> how) {
        ProcessHandle.of(keeper.pid()).filter(_ -> keeper.isAlive()).ifPresent(how);
    }

    /// The control that a keeper itself uses: it ends its own serving instead of itself.
    static KeeperControl inside(Runnable stopServing) {
        ProcessIdentity self = ProcessIdentity.ofThisProcess();
        KeeperControl others = outside();
        return (keeper, atOnce) -> {
            if (keeper.equals(self)) {
                stopServing.run();
            } else {
                others.stop(keeper, atOnce);
            }
        };
    }

    /// Asks for the identity, not for the process: one that has ended and that nobody waits for is a zombie.
    private static boolean endsWithin(ProcessIdentity keeper, Duration limit) {
        var deadline = Deadline.in(limit);
        while (keeper.isAlive()) {
            if (deadline.hasPassed()) {
                return false;
            }
            Pause.of(LOOK);
        }
        return true;
    }
}
