package org.virtkeep.qemu;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// The URI `qemu:///embed?root=DIR`. Stateless.
final class RootUri {
    private static final String PARAMETER = "root=";

    private RootUri() {}

    static boolean isOne(URI uri) {
        return "qemu".equals(uri.getScheme()) && uri.getRawAuthority() == null && "/embed".equals(uri.getPath());
    }

    /// The directory that a URI names; without one, `/var/lib/virtkeep` for root, and for others `virtkeep` in
    /// XDG_STATE_HOME (`~/.local/state`).
    ///
    /// @throws VirtException INVALID_ARG if the URI has another parameter or the path is not absolute
    static Path directory(URI uri) {
        String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
        if (query.isEmpty()) {
            return defaultDirectory();
        }
        if (!query.startsWith(PARAMETER) || query.contains("&")) {
            throw invalid(uri, "its only parameter is 'root'");
        }
        String text =
                URLDecoder.decode(query.substring(PARAMETER.length()).replace("+", "%2B"), StandardCharsets.UTF_8);
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw invalid(uri, "its root must be an absolute path, such as root=/srv/virtkeep");
            }
            return path;
        } catch (InvalidPathException e) {
            throw invalid(uri, "its root is not a path: " + e.getReason());
        }
    }

    private static VirtException invalid(URI uri, String why) {
        return VirtException.qemu(ErrorCode.INVALID_ARG, "connection URI '%s': %s".formatted(uri, why));
    }

    private static Path defaultDirectory() {
        if (System.getProperty("user.name").equals("root")) {
            return Path.of("/var/lib/virtkeep");
        }
        return Optional.ofNullable(System.getenv("XDG_STATE_HOME"))
                .filter(home -> home.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state"))
                .resolve("virtkeep");
    }
}
