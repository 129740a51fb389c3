package org.virtkeep.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.RpcClient;

/// Chooses the dialer of a URI.
final class Dialers {
    private Dialers() {}

    static Dialer of(RemoteUri uri, Map<String, String> environment, boolean superuser) {
        Path home = Path.of(System.getProperty("user.home"));
        return switch (uri.transport()) {
            case UNIX -> new UnixDialer(new SocketChoice(environment, home, superuser, Files::exists).of(uri));
            case TLS -> TlsDialer.of(uri, PkiFiles.find(uri.parameter("pkipath").map(Path::of), home, superuser));
            case SSH -> SshDialer.of(uri);
        };
    }

    static boolean isSuperuser() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return System.getProperty("user.name").equals("root");
        }
    }

    private record UnixDialer(Path socket) implements Dialer {
        @Override
        public RpcClient dial(Deadline deadline) throws IOException {
            return RpcClient.connect(socket, deadline);
        }
    }
}
