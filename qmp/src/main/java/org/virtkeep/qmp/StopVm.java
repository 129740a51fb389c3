package org.virtkeep.qmp;

/// `stop` (qapi/misc.json, since 0.14): stops the guest's processors and waits for its I/O in flight.
public record StopVm() implements QmpAction {

    @Override
    public String name() {
        return "stop";
    }
}
