package org.virtkeep.daemon.server;

/// Who is at the other end of a connection.
///
/// @param description for logs: the user of a local client, the certificate's name of a remote one
/// @param readOnly    true if it came over the socket that is for reading only
public record Peer(String description, boolean readOnly) {
    @Override
    public String toString() {
        return description;
    }
}
