package org.virtkeep.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Which connection is meant when `--connect` is not given.
final class DefaultUri {
    private DefaultUri() {}

    /// `VIRTKEEP_URI`, or else the embedded driver on the user's state directory: `/var/lib/virtkeep` for the
    /// superuser, otherwise `virtkeep` in `XDG_STATE_HOME`, which is `~/.local/state` if it is unset or relative
    /// (as the XDG base directory specification wants).
    static String find(Map<String, String> environment, boolean superuser, Path home) {
        return variable(environment, "VIRTKEEP_URI")
                .orElseGet(() -> embedded(stateDirectory(environment, superuser, home)));
    }

    /// Where the user's state is.
    static Path stateDirectory(Map<String, String> environment, boolean superuser, Path home) {
        if (superuser) {
            return Path.of("/var/lib/virtkeep");
        }
        return variable(environment, "XDG_STATE_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElseGet(() -> home.resolve(".local/state"))
                .resolve("virtkeep");
    }

    /// A path may hold characters that mean something in a URI; the slashes stay readable.
    private static String embedded(Path root) {
        String encoded = URLEncoder.encode(root.toString(), StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("+", "%20");
        return "qemu:///embed?root=" + encoded;
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
