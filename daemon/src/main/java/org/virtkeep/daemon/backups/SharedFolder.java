package org.virtkeep.daemon.backups;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.virtkeep.rpc.RepositoryBackupMessages.Folder;

/// Whether the daemon and a client mean the same folder by a path. They do not if they live in different mount
/// namespaces, as with `PrivateTmp=` of systemd or a client in a container.
final class SharedFolder {
    private SharedFolder() {}

    /// True if the folder that this process sees at the path is the client's, and may be written to.
    static boolean isWritable(Folder folder) {
        try {
            Path path = Path.of(folder.path());
            Map<String, Object> seen = Files.readAttributes(path, "unix:dev,ino");
            return seen.get("dev").equals(folder.device())
                    && seen.get("ino").equals(folder.inode())
                    && Files.isWritable(path);
        } catch (IOException | InvalidPathException _) {
            return false;
        }
    }
}
