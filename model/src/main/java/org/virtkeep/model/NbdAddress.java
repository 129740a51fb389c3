package org.virtkeep.model;

/// Where a pull backup listens (`<server>` of `<domainbackup>`).
public sealed interface NbdAddress {

    /// A unix stream socket at an absolute path.
    record Unix(String path) implements NbdAddress {}

    /// A TCP port. Port 0 asks for a free one, which is then reported in the job's XML.
    record Tcp(String host, int port) implements NbdAddress {}
}
