package org.virtkeep.qmp;

import java.util.Objects;

/// What the guest does now (`StatusInfo`).
///
/// @param running whether its processors run
/// @param state the reason when they do not
public record VmStatus(boolean running, RunState state) {

    public VmStatus {
        Objects.requireNonNull(state, "state is null");
    }

    static VmStatus from(JsonObject status) throws QmpException.Protocol {
        return new VmStatus(status.flag("running"), new RunState(status.text("status")));
    }
}
