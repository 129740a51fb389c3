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
import org.virtkeep.model.StandardFolders;

/// Which connection is meant when `--connect` is not given.
final class DefaultUri {
    private DefaultUri() {}

    /// `VIRTKEEP_URI`; or else our daemon, if one listens; or else the embedded driver on the user's state directory.
    ///
    /// @param listens tells whether a process accepts connections on a unix socket
    static String find(Map<String, String> environment, boolean superuser, Path home, Predicate<Path> listens) {
        var folders = new StandardFolders(environment, superuser, home);
        return Optional.ofNullable(environment.get("VIRTKEEP_URI"))
                .filter(uri -> !uri.isEmpty())
                .orElseGet(() -> {
                    if (listens.test(folders.daemonSocket())) {
                        return superuser ? "virtkeep:///system" : "virtkeep:///session";
                    }
                    return embedded(folders.state());
                });
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

    /// A path may hold characters that mean something in a URI; the slashes stay readable.
    private static String embedded(Path root) {
        String encoded = URLEncoder.encode(root.toString(), StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("+", "%20");
        return "qemu:///embed?root=" + encoded;
    }
}
