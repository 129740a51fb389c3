package org.virtkeep.remote;

import java.net.URI;
import org.virtkeep.api.Connection;
import org.virtkeep.api.spi.Driver;

/// Opens libvirt's URIs for QEMU (`qemu:///system`, `qemu+unix://`, `qemu+tls://`, `qemu+ssh://`) and those of our own
/// daemon (`virtkeep:///system`): see the package for what they mean.
public final class RemoteDriver implements Driver {

    /// For [java.util.ServiceLoader].
    public RemoteDriver() {}

    @Override
    public boolean accepts(URI uri) {
        return RemoteUri.isOne(uri);
    }

    /// @throws org.virtkeep.model.VirtException INVALID_ARG for a fault in the URI; SYSTEM_ERROR if the
    ///     daemon cannot be reached; AUTH_FAILED if it does not let us in; otherwise the daemon's own error
    @Override
    public Connection open(URI uri) {
        RemoteUri parsed = RemoteUri.parse(uri);
        Dialer dialer = Dialers.of(parsed, System.getenv(), Dialers.isSuperuser());
        boolean local = parsed.transport() == RemoteUri.Transport.UNIX;
        return RemoteConnection.open(uri.toString(), new Link(uri.toString(), parsed.serverName(), dialer), local);
    }
}
