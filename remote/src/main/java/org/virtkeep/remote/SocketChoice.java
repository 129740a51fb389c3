package org.virtkeep.remote;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.virtkeep.model.StandardFolders;

/// Which unix socket a URI means, as libvirt's client chooses it.
///
/// @param superuser has the machine's daemon for `/session`, too
/// @param exists    tells whether there is something at a path
record SocketChoice(Map<String, String> environment, Path home, boolean superuser, Predicate<Path> exists) {
    private static final Path RUN = Path.of("/run");

    Path of(RemoteUri uri) {
        return uri.parameter("socket").map(Path::of).orElseGet(() -> {
            List<Path> candidates = candidates(uri);
            return candidates.stream().filter(exists).findFirst().orElseGet(candidates::getLast);
        });
    }

    private List<Path> candidates(RemoteUri uri) {
        boolean machine = superuser || uri.path().equals("/system");
        if (uri.own()) {
            return List.of(new StandardFolders(environment, machine, home).daemonSocket());
        }
        Path run = machine ? RUN : userFolder();
        Path modular = run.resolve("libvirt/virtqemud-sock");
        Path monolithic = run.resolve("libvirt/libvirt-sock");
        return switch (uri.parameter("mode").orElse("auto")) {
            case "direct" -> List.of(modular);
            case "legacy" -> List.of(monolithic);
            default -> List.of(modular, monolithic);
        };
    }

    private Path userFolder() {
        return Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> home.resolve(".cache"));
    }
}
