package org.virtkeep.qemu.backup;

import java.util.Optional;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.NbdAddress;

/// Who may connect to a pull, and how.
///
/// @param tls   folder with the certificate, if clients must speak TLS
/// @param group whose members may connect to the pull's unix socket beside the user that serves it
record PullAccess(Optional<String> tls, Optional<String> group) {
    /// The user alone, without TLS; what a push has, too.
    static final PullAccess OWN = new PullAccess(Optional.empty(), Optional.empty());

    /// What a request and the connection's settings say.
    static PullAccess of(BackupRequest request, BackupSettings settings) {
        if (!(request instanceof BackupRequest.Pull pull)) {
            return OWN;
        }
        return new PullAccess(
                pull.tls() ? Optional.of(settings.tlsFolder().toString()) : Optional.empty(),
                pull.server() instanceof NbdAddress.Unix ? settings.pullGroup() : Optional.empty());
    }
}
