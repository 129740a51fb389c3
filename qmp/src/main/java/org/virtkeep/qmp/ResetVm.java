package org.virtkeep.qmp;

/// `system_reset` (qapi/machine.json, since 0.14): presses the guest's reset button.
public record ResetVm() implements QmpAction {

    @Override
    public String name() {
        return "system_reset";
    }
}
