package org.virtkeep.api.spi;

import java.net.URI;
import org.virtkeep.api.Connection;

/// Serves the connections of some URIs. Found with [java.util.ServiceLoader]; must be thread-safe.
public interface Driver {

    /// True if `uri` is this driver's to open, even if opening it would fail.
    boolean accepts(URI uri);

    /// Opens a connection. The caller owns it.
    ///
    /// @throws org.virtkeep.model.VirtException if the host cannot be reached or the URI has a fault
    Connection open(URI uri);
}
