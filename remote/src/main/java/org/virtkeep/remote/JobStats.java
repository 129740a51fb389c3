package org.virtkeep.remote;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.JobEvent;
import org.virtkeep.rpc.JobMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.TypedParameter;

/// What libvirt tells of a domain's job: the one that runs, or the last one that ended.
///
/// @param state  empty if there is none, or if it is no backup
/// @param error  why it failed or was cancelled
/// @param total  of a push, as `processed`; 0 if libvirt does not say
record JobStats(
        Optional<JobState> state,
        Optional<String> error,
        Duration elapsed,
        long total,
        long processed,
        long tempUsed,
        long tempTotal) {

    /// `VIR_DOMAIN_JOB_OPERATION_BACKUP`.
    private static final int BACKUP = 9;

    private static final String OPERATION = "operation";
    private static final String ERROR = "errmsg";
    /// What libvirt says of each job that was ended by request.
    private static final String CANCELLED = "Operation canceled";

    /// The job that runs. A domain that does not run has none, which libvirt refuses to say.
    static JobStats running(Link link, DomainRef domain) {
        try {
            return of(link.call(LibvirtProgram.DOMAIN_GET_JOB_STATS, new DomainMessages.DomainFlags(domain, 0)));
        } catch (VirtException e) {
            if (e.code() != ErrorCode.OPERATION_INVALID) {
                throw e;
            }
            return of(Optional.empty(), List.of());
        }
    }

    /// The last job that ended, unless somebody has read of it for good.
    static JobStats ended(Link link, DomainRef domain) {
        int keep = Flags.COMPLETED | Flags.KEEP_COMPLETED;
        return of(link.call(LibvirtProgram.DOMAIN_GET_JOB_STATS, new DomainMessages.DomainFlags(domain, keep)));
    }

    /// Has libvirt forget the last job that ended.
    static void forget(Link link, DomainRef domain) {
        link.call(LibvirtProgram.DOMAIN_GET_JOB_STATS, new DomainMessages.DomainFlags(domain, Flags.COMPLETED));
    }

    private static JobStats of(JobMessages.Stats stats) {
        Optional<JobState> state = switch (stats.type()) {
            case 1, 2 -> Optional.of(JobState.RUNNING);
            case 3 -> Optional.of(JobState.COMPLETED);
            case 4 -> Optional.of(JobState.FAILED);
            case 5 -> Optional.of(JobState.CANCELLED);
            default -> Optional.empty();
        };
        return of(state, stats.parameters());
    }

    /// What the event of its end tells.
    static JobStats of(JobEvent.JobCompleted event) {
        boolean success = TypedParameter.find(event.parameters(), "success")
                .filter(new TypedParameter.Value.Bool(true)::equals)
                .isPresent();
        boolean failed = text(event.parameters(), ERROR)
                .filter(why -> !why.equals(CANCELLED))
                .isPresent();
        JobState state = success ? JobState.COMPLETED : failed ? JobState.FAILED : JobState.CANCELLED;
        return of(Optional.of(state), event.parameters());
    }

    private static JobStats of(Optional<JobState> state, List<TypedParameter> parameters) {
        return new JobStats(
                state.filter(_ -> number(parameters, OPERATION) == BACKUP),
                text(parameters, ERROR).filter(_ -> !state.equals(Optional.of(JobState.COMPLETED))),
                Duration.ofMillis(number(parameters, "time_elapsed")),
                number(parameters, "disk_total"),
                number(parameters, "disk_processed"),
                number(parameters, "disk_temp_used"),
                number(parameters, "disk_temp_total"));
    }

    boolean isRunning() {
        return state.equals(Optional.of(JobState.RUNNING));
    }

    boolean hasEnded() {
        return state.filter(JobState::hasEnded).isPresent();
    }

    /// Only a pull has scratch images.
    boolean isPush() {
        return tempTotal == 0;
    }

    /// True if both tell of the same ended job; an event and an answer may differ in all but this.
    boolean isOfSameJob(JobStats other) {
        return elapsed.equals(other.elapsed) && total == other.total && tempTotal == other.tempTotal;
    }

    private static long number(List<TypedParameter> parameters, String field) {
        return TypedParameter.find(parameters, field)
                .map(value -> switch (value) {
                    case TypedParameter.Value.Int32(int number) -> (long) number;
                    case TypedParameter.Value.UnsignedInt32(int number) -> Integer.toUnsignedLong(number);
                    case TypedParameter.Value.Int64(long number) -> number;
                    case TypedParameter.Value.UnsignedInt64(long number) -> number;
                    case TypedParameter.Value.Float64 _, TypedParameter.Value.Bool _, TypedParameter.Value.Text _ -> 0L;
                })
                .orElse(0L);
    }

    private static Optional<String> text(List<TypedParameter> parameters, String field) {
        return TypedParameter.find(parameters, field)
                .flatMap(value ->
                        value instanceof TypedParameter.Value.Text(String text) ? Optional.of(text) : Optional.empty());
    }
}
