package org.virtkeep.qemu.machine;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virtkeep.model.DiskSource;

/// QEMU's names of NBD exports: `nbd://HOST:PORT/EXPORT` and `nbd+unix:///EXPORT?socket=PATH`. Stateless.
final class NbdFileName {
    private static final Pattern SOCKET = Pattern.compile("(?:.*&)?socket=([^&]+).*");
    private static final int DEFAULT_PORT = 10809;

    private NbdFileName() {}

    /// Empty if it is another kind of name.
    static Optional<DiskSource> source(String name) {
        try {
            URI uri = new URI(name);
            String export = Optional.ofNullable(uri.getPath()).orElse("").replaceFirst("^/", "");
            return switch (String.valueOf(uri.getScheme())) {
                case "nbd" -> Optional.ofNullable(uri.getHost()).map(host -> tcp(uri, host, export));
                case "nbd+unix" -> socket(uri).map(path -> unix(path, export));
                default -> Optional.empty();
            };
        } catch (java.net.URISyntaxException _) {
            return Optional.empty();
        }
    }

    private static DiskSource tcp(URI uri, String host, String export) {
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        return new DiskSource.Nbd(Optional.empty(), Optional.of(host), port, export);
    }

    private static DiskSource unix(String path, String export) {
        return new DiskSource.Nbd(Optional.of(path), Optional.empty(), 0, export);
    }

    private static Optional<String> socket(URI uri) {
        Matcher matcher = SOCKET.matcher(Optional.ofNullable(uri.getQuery()).orElse(""));
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
