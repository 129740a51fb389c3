package org.virtkeep.qmp;

import java.util.Comparator;

/// A version of QEMU. Prefer [QmpSchema] to find out what QEMU can do: distributors port features back.
public record QemuVersion(int major, int minor, int micro) implements Comparable<QemuVersion> {

    private static final Comparator<QemuVersion> ORDER = Comparator.comparingInt(QemuVersion::major)
            .thenComparingInt(QemuVersion::minor)
            .thenComparingInt(QemuVersion::micro);

    /// Whether this is version `major.minor` or later.
    public boolean atLeast(int major, int minor) {
        return compareTo(new QemuVersion(major, minor, 0)) >= 0;
    }

    @Override
    public int compareTo(QemuVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "%d.%d.%d".formatted(major, minor, micro);
    }

    /// Decodes QEMU's `VersionInfo`.
    static QemuVersion from(JsonObject versionInfo) throws QmpException.Protocol {
        JsonObject triple = versionInfo.object("qemu");
        return new QemuVersion(triple.integer("major"), triple.integer("minor"), triple.integer("micro"));
    }
}
