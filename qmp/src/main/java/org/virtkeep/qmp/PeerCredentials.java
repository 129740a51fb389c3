package org.virtkeep.qmp;

import java.util.Objects;

/// The account that opened the monitor's socket for listening, as the kernel reports it (`SO_PEERCRED`).
///
/// @param user a user name, or the number if it has no name here
/// @param group a group name, or the number if it has no name here
public record PeerCredentials(String user, String group) {

    public PeerCredentials {
        Objects.requireNonNull(user, "user is null");
        Objects.requireNonNull(group, "group is null");
    }
}
