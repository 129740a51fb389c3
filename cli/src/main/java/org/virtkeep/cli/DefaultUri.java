package org.virtkeep.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Which connection is meant when `--connect` is not given.
final class DefaultUri {
    private DefaultUri() {}

    /// `VIRTKEEP_URI`; or else our daemon, if one listens; or else the embedded driver on the user's state directory.
    ///
    /// @param listens tells whether a process accepts connections on a unix socket
    static String find(Map<String, String> environment, boolean superuser, Path home, Predicate<Path> listens) {
        return variable(environment, "VIRTKEEP_URI").orElseGet(() -> {
            if (listens.test(daemonSocket(environment, superuser, home))) {
                return superuser ? "virtkeep:///system" : "virtkeep:///session";
            }
            return embedded(stateDirectory(environment, superuser, home));
        });
    }

    /// Where virtkeepd listens if it was told nothing else: for the superuser in `/run`, otherwise in the user's
    /// `XDG_RUNTIME_DIR`, which is `~/.cache` if it is unset or relative.
    private static Path daemonSocket(Map<String, String> environment, boolean superuser, Path home) {
        Path run = superuser
                ? Path.of("/run")
                : variable(environment, "XDG_RUNTIME_DIR")
                        .map(Path::of)
                        .filter(Path::isAbsolute)
                        .orElseGet(() -> home.resolve(".cache"));
        return run.resolve("virtkeep/virtkeep-sock");
    }

    /// True if a process accepts connections on that socket: a daemon that died may have left it behind.
    static boolean listens(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException _) {
            return false;
        }
    }

    /// Where the user's state is.
    ///
    /// `/var/lib/virtkeep` for the superuser, otherwise `virtkeep` in `XDG_STATE_HOME`, which is
    /// `~/.local/state` if it is unset or relative (as the XDG base directory specification wants).
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
