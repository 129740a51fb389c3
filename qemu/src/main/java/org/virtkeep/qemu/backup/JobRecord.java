package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.qemu.state.ProcessIdentity;

/// What is durably known of a backup job. Written before each step that needs it, so that whoever finds it
/// can finish or undo the job without asking the process that began it.
///
/// @param format       version of this record's layout
/// @param run          number of the domain's run that it belongs to: with another QEMU it has ended
/// @param request      the `<domainbackup>` with all defaults filled in and, for a pull, the real address
/// @param checkpoint   the checkpoint that is created at the same instant
/// @param keeper       the process that serves, watches and finishes it
/// @param outcome      set when it is decided, which is before everything has been taken down
/// @param acknowledged `backupEnd` was called for it
/// @param idleSeconds  a pull without any client for so long is given up; 0 for never
/// @param access       who may connect to a pull
/// @param flags        what was asked for at its begin
record JobRecord(
        int format,
        int id,
        boolean push,
        Phase phase,
        int run,
        String request,
        Optional<String> checkpoint,
        Optional<ProcessIdentity> keeper,
        Instant started,
        Optional<Instant> ended,
        Optional<JobState> outcome,
        Optional<String> error,
        boolean acknowledged,
        long idleSeconds,
        PullAccess access,
        Set<BackupBeginFlag> flags,
        List<DiskRecord> disks) {

    static final int FORMAT = 1;

    JobRecord {
        disks = List.copyOf(disks);
        flags = Set.copyOf(flags);
    }

    /// True if a disk that fails leaves the others to be finished: a push, unless it was asked to be all or nothing.
    boolean mayLoseDisks() {
        return push && !flags.contains(BackupBeginFlag.ALL_OR_NOTHING);
    }

    /// How far the job is. A job found in PREPARING by anyone who holds the domain's lock was abandoned and
    /// is undone.
    enum Phase {
        PREPARING,
        RUNNING,
        ENDING,
        ENDED
    }

    JobState state() {
        return outcome.orElse(JobState.RUNNING);
    }

    boolean hasEnded() {
        return phase == Phase.ENDED;
    }

    JobRecord withPhase(Phase next) {
        return edit(draft -> draft.phase = next);
    }

    JobRecord withRequest(String xml) {
        return edit(draft -> draft.request = xml);
    }

    JobRecord withKeeper(Optional<ProcessIdentity> process) {
        return edit(draft -> draft.keeper = process);
    }

    JobRecord withStarted(Instant instant) {
        return edit(draft -> draft.started = instant);
    }

    JobRecord withAcknowledged() {
        return edit(draft -> draft.acknowledged = true);
    }

    JobRecord withDisks(UnaryOperator<DiskRecord> change) {
        return edit(draft -> draft.disks = disks.stream().map(change).toList());
    }

    /// The job's end is decided; what it holds is still to be released.
    JobRecord decided(JobState result, Optional<String> why, Instant when) {
        return edit(draft -> {
            draft.phase = Phase.ENDING;
            draft.outcome = Optional.of(result);
            draft.error = why;
            draft.ended = Optional.of(when);
        });
    }

    private JobRecord edit(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return new JobRecord(
                format,
                id,
                push,
                draft.phase,
                run,
                draft.request,
                checkpoint,
                draft.keeper,
                draft.started,
                draft.ended,
                draft.outcome,
                draft.error,
                draft.acknowledged,
                idleSeconds,
                access,
                flags,
                draft.disks);
    }

    /// What changes in a job's life, for the time of one change.
    private static final class Draft {
        private Phase phase;
        private String request;
        private Optional<ProcessIdentity> keeper;
        private Instant started;
        private Optional<Instant> ended;
        private Optional<JobState> outcome;
        private Optional<String> error;
        private boolean acknowledged;
        private List<DiskRecord> disks;

        private Draft(JobRecord job) {
            phase = job.phase;
            request = job.request;
            keeper = job.keeper;
            started = job.started;
            ended = job.ended;
            outcome = job.outcome;
            error = job.error;
            acknowledged = job.acknowledged;
            disks = job.disks;
        }
    }
}
