package org.virtkeep.qemu;

import java.util.Optional;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.StateReason;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.RunStates;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qmp.RunState;

/// Finds libvirt's reason for a state in QEMU's words and in what was recorded. Stateless.
final class ReasonWords {
    private ReasonWords() {}

    /// Of a domain that runs. One that is glanced at is as it was recorded.
    static StateReason of(DomainSession session) {
        DomainRun run = session.run().orElseThrow();
        return session.isGlance() ? ofRecord(run) : of(session.runState(), run);
    }

    /// @param run as it was recorded when its state was last announced, which is just now
    static StateReason of(RunState runState, DomainRun run) {
        return switch (runState.name()) {
            case "io-error" -> StateReason.PAUSED_IO_ERROR;
            case "watchdog" -> StateReason.PAUSED_WATCHDOG;
            case "guest-panicked" -> StateReason.CRASHED_PANICKED;
            case "save-vm" -> StateReason.PAUSED_SAVE;
            default -> {
                DomainState state = RunStates.toDomainState(runState);
                yield state == run.reported() ? ofRecord(run) : StateReason.of(state, 0);
            }
        };
    }

    /// For a domain that is not asked.
    static StateReason ofRecord(DomainRun run) {
        return switch (run.reported()) {
            case RUNNING ->
                switch (run.reason()) {
                    case "booted" -> StateReason.RUNNING_BOOTED;
                    case "unpaused" -> StateReason.RUNNING_UNPAUSED;
                    default -> StateReason.RUNNING_UNKNOWN;
                };
            case PAUSED ->
                switch (run.reason()) {
                    case "paused" -> StateReason.PAUSED_USER;
                    case "ioerror" -> StateReason.PAUSED_IO_ERROR;
                    case "watchdog" -> StateReason.PAUSED_WATCHDOG;
                    default -> StateReason.PAUSED_UNKNOWN;
                };
            case CRASHED -> StateReason.CRASHED_PANICKED;
            case NOSTATE, BLOCKED, SHUTDOWN, SHUTOFF, PMSUSPENDED -> StateReason.of(run.reported(), 0);
        };
    }

    /// @param why as the domain's folder tells
    static StateReason ofEnd(Optional<String> why) {
        return switch (why.orElse("")) {
            case "shutdown" -> StateReason.SHUTOFF_SHUTDOWN;
            case "destroyed" -> StateReason.SHUTOFF_DESTROYED;
            case "crashed" -> StateReason.SHUTOFF_CRASHED;
            case "failed" -> StateReason.SHUTOFF_FAILED;
            default -> StateReason.SHUTOFF_UNKNOWN;
        };
    }
}
