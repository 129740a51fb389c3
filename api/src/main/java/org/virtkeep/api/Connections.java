package org.virtkeep.api;

import java.net.URI;
import java.util.ServiceLoader;
import org.virtkeep.api.spi.Driver;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Opens connections by URI.
public final class Connections {
    private Connections() {}

    /// Opens a connection to the host that `uri` names, such as `qemu:///embed?root=/srv/virtkeep`.
    ///
    /// @throws VirtException NO_CONNECT if no driver knows the URI; INVALID_ARG if it is not a URI;
    ///     otherwise the driver's own error
    public static Connection open(String uri) {
        URI parsed;
        try {
            parsed = URI.create(uri);
        } catch (IllegalArgumentException e) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG, ErrorDomain.NONE, "connection URI '%s' is not a URI".formatted(uri), e);
        }
        for (Driver driver : ServiceLoader.load(Driver.class, Connections.class.getClassLoader())) {
            if (driver.accepts(parsed)) {
                return driver.open(parsed);
            }
        }
        throw new VirtException(
                ErrorCode.NO_CONNECT,
                ErrorDomain.NONE,
                "no driver for connection URI '%s'; this build knows qemu:///embed?root=DIR, qemu:///system and virtkeep:///system"
                        .formatted(uri));
    }
}
