package org.virtkeep.qmp;

/// `system_powerdown` (qapi/machine.json, since 0.14): presses the guest's power button.
public record PowerDownVm() implements QmpAction {

    @Override
    public String name() {
        return "system_powerdown";
    }
}
