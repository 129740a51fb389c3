package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.session.DomainSession;

/// Gives a running job a new keeper after its old one has died. Stateless.
///
/// QEMU has kept everything that the job consists of: the frozen disks, the exports, the copies. Only a
/// pull's clients were cut off; they can connect again at the same address.
final class KeeperRevival {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private KeeperRevival() {}

    /// @return why the job cannot go on, if it cannot
    static Optional<String> run(DomainSession session, JobRecord job) {
        JobStore jobs = BackupJobs.jobs(session);
        try (var keeper = KeeperProcess.start(session.root().dir(), session.name(), job.id(), jobs.log(job.id()))) {
            JobRecord kept = jobs.save(job.withKeeper(Optional.of(keeper.identity())));
            if (!kept.push()) {
                keeper.serveSoon(Deadline.in(LIMIT));
                keeper.awaitServing(Deadline.in(LIMIT));
            }
            keeper.release();
            session.notice("the keeper of backup job %d of domain '%s' had died; the job goes on with a new one"
                    .formatted(job.id(), session.name()));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("the job's keeper died, and no other could take its place: " + e.getMessage());
        }
    }
}
