package org.virtkeep.qemu.host;

import org.virtkeep.qemu.machine.Emulator;

/// Which of QEMU's machines domains may be. Stateless.
public final class Machines {
    private static final int MAX_VCPUS_PC = 255;
    private static final int MAX_VCPUS_Q35 = 288;

    private Machines() {}

    /// True for those that `docs/formats/domain-xml.md` names.
    static boolean isSupported(Emulator.MachineType machine) {
        return machine.name().matches("pc|q35|pc-(i440fx|q35)-.+");
    }

    /// QEMU's own limit.
    public static int maximumVcpus(String machine) {
        return machine.contains("q35") ? MAX_VCPUS_Q35 : MAX_VCPUS_PC;
    }
}
