package org.virtkeep.qemu;

import java.net.URI;
import org.virtkeep.api.Connection;
import org.virtkeep.api.spi.Driver;
import org.virtkeep.qemu.state.Root;

/// Opens `qemu:///embed?root=DIR`: the domains whose state is under DIR, without a daemon. Without `root` it
/// is a directory of the user's: see [RootUri].
public final class QemuDriver implements Driver {

    /// For [java.util.ServiceLoader].
    public QemuDriver() {}

    @Override
    public boolean accepts(URI uri) {
        return RootUri.isOne(uri);
    }

    @Override
    public Connection open(URI uri) {
        RootUri parsed = RootUri.parse(uri);
        Root root = Root.open(parsed.directory());
        return new EmbeddedConnection(uri.toString(), root, JobServices.of(root, parsed.settings()));
    }
}
