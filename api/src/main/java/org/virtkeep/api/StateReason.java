package org.virtkeep.api;

import java.util.Arrays;

/// What a domain is doing, and why, with libvirt's numbers (`virDomainRunningReason` and its like).
/// Those that no driver of ours tells apart are left out.
public enum StateReason {
    NOSTATE_UNKNOWN(DomainState.NOSTATE, 0, "unknown"),
    RUNNING_UNKNOWN(DomainState.RUNNING, 0, "unknown"),
    RUNNING_BOOTED(DomainState.RUNNING, 1, "booted"),
    RUNNING_MIGRATED(DomainState.RUNNING, 2, "migrated"),
    RUNNING_RESTORED(DomainState.RUNNING, 3, "restored"),
    RUNNING_FROM_SNAPSHOT(DomainState.RUNNING, 4, "from snapshot"),
    RUNNING_UNPAUSED(DomainState.RUNNING, 5, "unpaused"),
    RUNNING_WAKEUP(DomainState.RUNNING, 8, "event wakeup"),
    RUNNING_CRASHED(DomainState.RUNNING, 9, "crashed"),
    BLOCKED_UNKNOWN(DomainState.BLOCKED, 0, "unknown"),
    PAUSED_UNKNOWN(DomainState.PAUSED, 0, "unknown"),
    PAUSED_USER(DomainState.PAUSED, 1, "user"),
    PAUSED_MIGRATION(DomainState.PAUSED, 2, "migrating"),
    PAUSED_SAVE(DomainState.PAUSED, 3, "saving"),
    PAUSED_DUMP(DomainState.PAUSED, 4, "dumping"),
    /// A disk's write or read failed, and the guest waits.
    PAUSED_IO_ERROR(DomainState.PAUSED, 5, "I/O error"),
    PAUSED_WATCHDOG(DomainState.PAUSED, 6, "watchdog"),
    PAUSED_FROM_SNAPSHOT(DomainState.PAUSED, 7, "from snapshot"),
    PAUSED_SHUTTING_DOWN(DomainState.PAUSED, 8, "shutting down"),
    PAUSED_SNAPSHOT(DomainState.PAUSED, 9, "creating snapshot"),
    PAUSED_CRASHED(DomainState.PAUSED, 10, "crashed"),
    PAUSED_STARTING_UP(DomainState.PAUSED, 11, "starting up"),
    SHUTDOWN_UNKNOWN(DomainState.SHUTDOWN, 0, "unknown"),
    SHUTDOWN_USER(DomainState.SHUTDOWN, 1, "user"),
    SHUTOFF_UNKNOWN(DomainState.SHUTOFF, 0, "unknown"),
    SHUTOFF_SHUTDOWN(DomainState.SHUTOFF, 1, "shutdown"),
    SHUTOFF_DESTROYED(DomainState.SHUTOFF, 2, "destroyed"),
    /// Its QEMU ended by itself, or its guest crashed.
    SHUTOFF_CRASHED(DomainState.SHUTOFF, 3, "crashed"),
    SHUTOFF_MIGRATED(DomainState.SHUTOFF, 4, "migrated"),
    SHUTOFF_SAVED(DomainState.SHUTOFF, 5, "saved"),
    /// It could not be started.
    SHUTOFF_FAILED(DomainState.SHUTOFF, 6, "failed"),
    SHUTOFF_FROM_SNAPSHOT(DomainState.SHUTOFF, 7, "from snapshot"),
    CRASHED_UNKNOWN(DomainState.CRASHED, 0, "unknown"),
    CRASHED_PANICKED(DomainState.CRASHED, 1, "panicked"),
    PMSUSPENDED_UNKNOWN(DomainState.PMSUSPENDED, 0, "unknown");

    private final DomainState state;
    private final int wireValue;
    private final String label;

    StateReason(DomainState state, int wireValue, String label) {
        this.state = state;
        this.wireValue = wireValue;
        this.label = label;
    }

    public DomainState state() {
        return state;
    }

    /// Its meaning depends on the state.
    public int wireValue() {
        return wireValue;
    }

    /// What `virsh domstate --reason` prints.
    public String label() {
        return label;
    }

    /// The constant with these numbers; one that is not known is the state's UNKNOWN.
    public static StateReason of(DomainState state, int wireValue) {
        return Arrays.stream(values())
                .filter(reason -> reason.state == state && reason.wireValue == wireValue)
                .findFirst()
                .orElseGet(() -> Arrays.stream(values())
                        .filter(reason -> reason.state == state && reason.wireValue == 0)
                        .findFirst()
                        .orElseThrow());
    }
}
