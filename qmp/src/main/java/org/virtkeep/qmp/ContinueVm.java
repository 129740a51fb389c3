package org.virtkeep.qmp;

/// `cont` (qapi/misc.json, since 0.14): lets the guest run. Disk requests that failed and stopped it are
/// tried again.
public record ContinueVm() implements QmpAction {

    @Override
    public String name() {
        return "cont";
    }
}
