package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
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
        List<DiskRecord> disks) {

    static final int FORMAT = 1;

    JobRecord {
        disks = List.copyOf(disks);
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
        return new JobRecord(
                format,
                id,
                push,
                next,
                run,
                request,
                checkpoint,
                keeper,
                started,
                ended,
                outcome,
                error,
                acknowledged,
                idleSeconds,
                disks);
    }

    JobRecord withRequest(String xml) {
        return new JobRecord(
                format,
                id,
                push,
                phase,
                run,
                xml,
                checkpoint,
                keeper,
                started,
                ended,
                outcome,
                error,
                acknowledged,
                idleSeconds,
                disks);
    }

    JobRecord withKeeper(Optional<ProcessIdentity> process) {
        return new JobRecord(
                format,
                id,
                push,
                phase,
                run,
                request,
                checkpoint,
                process,
                started,
                ended,
                outcome,
                error,
                acknowledged,
                idleSeconds,
                disks);
    }

    JobRecord withStarted(Instant instant) {
        return new JobRecord(
                format,
                id,
                push,
                phase,
                run,
                request,
                checkpoint,
                keeper,
                instant,
                ended,
                outcome,
                error,
                acknowledged,
                idleSeconds,
                disks);
    }

    JobRecord withAcknowledged() {
        return new JobRecord(
                format,
                id,
                push,
                phase,
                run,
                request,
                checkpoint,
                keeper,
                started,
                ended,
                outcome,
                error,
                true,
                idleSeconds,
                disks);
    }

    JobRecord withDisks(UnaryOperator<DiskRecord> change) {
        return new JobRecord(
                format,
                id,
                push,
                phase,
                run,
                request,
                checkpoint,
                keeper,
                started,
                ended,
                outcome,
                error,
                acknowledged,
                idleSeconds,
                disks.stream().map(change).toList());
    }

    /// The job's end is decided; what it holds is still to be released.
    JobRecord decided(JobState result, Optional<String> why, Instant when) {
        return new JobRecord(
                format,
                id,
                push,
                Phase.ENDING,
                run,
                request,
                checkpoint,
                keeper,
                started,
                Optional.of(when),
                Optional.of(result),
                why,
                acknowledged,
                idleSeconds,
                disks);
    }
}
