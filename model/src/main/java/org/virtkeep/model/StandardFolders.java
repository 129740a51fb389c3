package org.virtkeep.model;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where virtkeep's things are when nobody says otherwise: for the superuser in the system's folders,
/// for others in theirs (XDG base directory specification; a variable that is unset or holds a relative
/// path does not count).
///
/// @param environment of the process
/// @param home        the user's
public record StandardFolders(Map<String, String> environment, boolean superuser, Path home) {

    public StandardFolders {
        environment = Map.copyOf(environment);
    }

    /// Those of this process.
    public static StandardFolders ofProcess() {
        return new StandardFolders(
                System.getenv(),
                System.getProperty("user.name").equals("root"),
                Path.of(System.getProperty("user.home")));
    }

    /// The root of all state of domains.
    public Path state() {
        return superuser ? Path.of("/var/lib/virtkeep") : own("XDG_STATE_HOME", ".local/state");
    }

    /// The daemon's configuration.
    public Path configuration() {
        return superuser ? Path.of("/etc/virtkeep") : own("XDG_CONFIG_HOME", ".config");
    }

    /// Where the daemon listens.
    public Path daemonSocket() {
        Path folder = superuser ? Path.of("/run/virtkeep") : own("XDG_RUNTIME_DIR", ".cache");
        return folder.resolve("virtkeep-sock");
    }

    private Path own(String variable, String otherwise) {
        return Optional.ofNullable(environment.get(variable))
                .filter(value -> value.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> home.resolve(otherwise))
                .resolve("virtkeep");
    }
}
