package org.virtkeep.qmp;

import java.util.List;
import java.util.Objects;

/// What QEMU says first on a new session.
///
/// @param version the version of QEMU
/// @param packageVersion what the distributor added to the version, such as `Debian 1:7.2+dfsg-7`; may be
///     empty
/// @param capabilities what the session could negotiate, such as `oob`; we use none of them
public record QmpGreeting(QemuVersion version, String packageVersion, List<String> capabilities) {

    public QmpGreeting {
        Objects.requireNonNull(version, "version is null");
        Objects.requireNonNull(packageVersion, "packageVersion is null");
        capabilities = List.copyOf(capabilities);
    }

    static QmpGreeting from(JsonObject greeting) throws QmpException.Protocol {
        JsonObject version = greeting.object("version");
        return new QmpGreeting(
                QemuVersion.from(version), version.optionalText("package").orElse(""), greeting.texts("capabilities"));
    }
}
