package org.virtkeep.qemu.backup;

import java.nio.file.Path;
import org.virtkeep.qemu.state.DomainFolder;

/// QEMU's own NBD server, of which a QEMU has at most one. It listens on a private socket that only keepers
/// use.
final class NbdServer {
    private NbdServer() {}

    /// @throws org.virtkeep.model.VirtException CONFIG_UNSUPPORTED if the path is too long for a socket
    static Path socket(DomainFolder folder) {
        return folder.socket("nbd.sock");
    }
}
