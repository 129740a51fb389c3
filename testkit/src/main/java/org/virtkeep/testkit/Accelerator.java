package org.virtkeep.testkit;

import java.util.List;

/// How the CPU of a guest is run.
public enum Accelerator {
    KVM(List.of("-accel", "kvm", "-cpu", "host")),
    /// QEMU's own emulation; works everywhere, some ten times slower.
    TCG(List.of("-accel", "tcg,thread=multi", "-cpu", "max"));

    private static final class Holder {
        private static final Accelerator CHOICE = ask();
    }

    private final List<String> arguments;

    Accelerator(List<String> arguments) {
        this.arguments = arguments;
    }

    /// KVM if a stock guest kernel boots under it in a few seconds on this machine, else TCG. The script
    /// `scripts/accel` decides, and says why `/dev/kvm` alone is not enough.
    public static Accelerator choose() {
        return Holder.CHOICE;
    }

    /// Arguments for QEMU's command line.
    public List<String> arguments() {
        return arguments;
    }

    private static Accelerator ask() {
        String answer = Tool.run(Guest.home().resolve("scripts/accel").toString());
        return answer.lines().toList().getLast().equals("kvm") ? KVM : TCG;
    }
}
