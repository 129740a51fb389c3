package org.virtkeep.qmp;

import java.util.Objects;

/// A state of the machine (`RunState`, qapi/run-state.json). QEMU may have states that have no constant here.
///
/// @param name the state's name in QEMU's schema
public record RunState(String name) {

    /// The guest runs.
    public static final RunState RUNNING = new RunState("running");

    /// Started with `-S`, and never run yet.
    public static final RunState PRELAUNCH = new RunState("prelaunch");

    /// Stopped by a command.
    public static final RunState PAUSED = new RunState("paused");

    /// The guest powered off and QEMU was told not to exit (`-no-shutdown`).
    public static final RunState SHUTDOWN = new RunState("shutdown");

    /// Stopped by a disk's `werror` or `rerror` policy. The failed requests wait: `cont` tries them again.
    public static final RunState IO_ERROR = new RunState("io-error");

    /// The guest reported a panic.
    public static final RunState GUEST_PANICKED = new RunState("guest-panicked");

    /// QEMU met an internal error.
    public static final RunState INTERNAL_ERROR = new RunState("internal-error");

    /// Waits for an incoming migration.
    public static final RunState INCOMING_MIGRATION = new RunState("inmigrate");

    /// Stopped because an outgoing migration is finishing.
    public static final RunState FINISH_MIGRATION = new RunState("finish-migrate");

    /// Stopped after an outgoing migration succeeded: another QEMU owns the guest.
    public static final RunState AFTER_MIGRATION = new RunState("postmigrate");

    /// The guest sleeps (ACPI S3).
    public static final RunState SUSPENDED = new RunState("suspended");

    /// Stopped by a watchdog device.
    public static final RunState WATCHDOG = new RunState("watchdog");

    public RunState {
        Objects.requireNonNull(name, "name is null");
    }

    @Override
    public String toString() {
        return name;
    }
}
