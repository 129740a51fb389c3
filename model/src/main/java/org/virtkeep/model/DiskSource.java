package org.virtkeep.model;

import java.util.Optional;

/// Where a disk's image is (`<source>` of a domain's `<disk>`).
public sealed interface DiskSource {

    /// What an administrator would call this source: a path or a URI.
    String describe();

    record File(String path) implements DiskSource {
        @Override
        public String describe() {
            return path;
        }
    }

    record Block(String path) implements DiskSource {
        @Override
        public String describe() {
            return path;
        }
    }

    /// An NBD export: either `socket`, or `host` and `port`.
    record Nbd(Optional<String> socket, Optional<String> host, int port, String export) implements DiskSource {
        @Override
        public String describe() {
            return socket.map(path -> "nbd+unix:///" + export + "?socket=" + path)
                    .orElseGet(() -> "nbd://" + host.orElse("localhost") + ":" + port + "/" + export);
        }
    }
}
