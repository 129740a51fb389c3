package org.virtkeep.qemu.session;

import org.virtkeep.api.DomainState;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.qmp.RunState;

/// What QEMU's run states (QAPI `RunState`) mean to a user. Stateless.
public final class RunStates {
    private RunStates() {}

    public static DomainState toDomainState(RunState runState) {
        return switch (runState.name()) {
            case "running" -> DomainState.RUNNING;
            case "shutdown" -> DomainState.SHUTDOWN;
            case "guest-panicked" -> DomainState.CRASHED;
            case "suspended" -> DomainState.PMSUSPENDED;
            default -> DomainState.PAUSED; // all others are reasons why the processors do not run
        };
    }

    /// True for those that a command leads to, if nothing else happens.
    static boolean isByCommand(RunState runState) {
        return runState.name().equals("running") || runState.name().equals("paused");
    }

    /// The event that announces a change to `state`.
    static LifecycleType event(DomainState state) {
        return switch (state) {
            case RUNNING, BLOCKED -> LifecycleType.RESUMED;
            case SHUTDOWN -> LifecycleType.SHUTDOWN;
            case SHUTOFF -> LifecycleType.STOPPED;
            case CRASHED -> LifecycleType.CRASHED;
            case PAUSED, PMSUSPENDED, NOSTATE -> LifecycleType.SUSPENDED;
        };
    }

    /// The event's detail, in libvirt's words where it has one.
    static String detail(RunState runState) {
        return switch (runState.name()) {
            case "running" -> "unpaused";
            case "shutdown" -> "finished";
            case "guest-panicked" -> "panicked";
            case "io-error" -> "ioerror";
            case "watchdog" -> "watchdog";
            default -> runState.name();
        };
    }
}
