package org.virtkeep.daemon.server;

import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/// Who is at the other end of a connection.
///
/// @param description for logs: the user of a local client, the certificate's name of a remote one
/// @param localUser   who has connected over a unix socket
/// @param readOnly    true if it came over the socket that is for reading only
public record Peer(String description, Optional<UserPrincipal> localUser, boolean readOnly) {
    @Override
    public String toString() {
        return description;
    }
}
