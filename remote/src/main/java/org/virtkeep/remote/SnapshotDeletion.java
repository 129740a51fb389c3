package org.virtkeep.remote;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.SnapshotMessages;
import org.virtkeep.rpc.SnapshotRef;

/// The deletion of a snapshot, which may take as long as copying all that was written since it was taken.
record SnapshotDeletion(Link link, SnapshotRef snapshot) {
    private static final Duration LIMIT = Duration.ofDays(7);
    private static final long LOOK_MILLIS = 500;

    /// @param look is run now and then by the calling thread, until the daemon has answered
    void run(int flags, Runnable look) {
        CompletableFuture<Nothing> reply = CompletableFuture.supplyAsync(
                () -> link.call(
                        LibvirtProgram.DOMAIN_SNAPSHOT_DELETE,
                        new SnapshotMessages.SnapshotFlags(snapshot, flags),
                        LIMIT),
                task -> Thread.ofVirtual().name("snapshot-delete").start(task));
        while (!isDone(reply)) {
            look.run();
        }
    }

    private boolean isDone(CompletableFuture<Nothing> reply) {
        try {
            reply.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VirtException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw VirtException.qemu(
                    ErrorCode.OPERATION_ABORTED,
                    "interrupted; snapshot '%s' of domain '%s' is still being deleted"
                            .formatted(snapshot.name(), snapshot.domain().name()));
        }
    }
}
