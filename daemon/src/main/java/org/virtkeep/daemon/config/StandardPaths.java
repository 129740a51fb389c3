package org.virtkeep.daemon.config;

import java.nio.file.Path;
import java.util.Optional;

/// Where things are when nobody says otherwise: for the superuser in the system's folders, for others in theirs
/// (XDG base directory specification).
public final class StandardPaths {
    private StandardPaths() {}

    static Path root() {
        return isSuperuser() ? Path.of("/var/lib/virtkeep") : home("XDG_STATE_HOME", ".local/state");
    }

    static Path socket() {
        Path folder = isSuperuser() ? Path.of("/run/virtkeep") : home("XDG_RUNTIME_DIR", ".cache");
        return folder.resolve("virtkeep-sock");
    }

    /// The configuration file that is read if it is there.
    public static Path configuration() {
        Path folder = isSuperuser() ? Path.of("/etc/virtkeep") : home("XDG_CONFIG_HOME", ".config");
        return folder.resolve("virtkeepd.conf");
    }

    private static Path home(String variable, String otherwise) {
        return Optional.ofNullable(System.getenv(variable))
                .filter(value -> value.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), otherwise))
                .resolve("virtkeep");
    }

    private static boolean isSuperuser() {
        return System.getProperty("user.name").equals("root");
    }
}
