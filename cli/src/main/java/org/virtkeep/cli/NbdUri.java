package org.virtkeep.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.virtkeep.api.BackupJob;
import org.virtkeep.model.NbdAddress;

/// Names an NBD export as NBD clients take it (the NBD project's `uri.md`).
final class NbdUri {
    private NbdUri() {}

    /// Where a disk of a pull can be read; empty if it is not served.
    static Optional<String> of(BackupJob job, BackupJob.Disk disk) {
        return job.server().flatMap(server -> disk.exportName().map(export -> of(server, export)));
    }

    static String of(NbdAddress server, String export) {
        return switch (server) {
            case NbdAddress.Unix(String path) ->
                "nbd+unix:///%s?socket=%s"
                        .formatted(encode(export), encode(path).replace("%2F", "/"));
            case NbdAddress.Tcp(String host, int port) ->
                "nbd://%s:%d/%s".formatted(host.contains(":") ? "[" + host + "]" : host, port, encode(export));
        };
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
