package org.virtkeep.qmp;

/// How the last failed request of a disk or job ended (`BlockDeviceIoStatus`).
public enum IoStatus {
    /// Nothing failed since it was started or resumed.
    OK,
    FAILED,
    /// There was no space left.
    NOSPACE,
    /// A state of a later QEMU that this program does not know.
    UNKNOWN;

    static IoStatus of(String name) {
        return WireName.parse(IoStatus.class, name).orElse(UNKNOWN);
    }
}
