package org.virtkeep.daemon.server;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/// A socket file that the daemon is to make, and who may connect to it.
///
/// @param mode     of the file: whoever may write to it may connect
/// @param group    of the file; empty leaves the daemon's own
/// @param readOnly nothing can be changed over it
public record UnixSocket(Path path, Set<PosixFilePermission> mode, Optional<String> group, boolean readOnly) {
    public UnixSocket {
        mode = Set.copyOf(mode);
    }

    /// @param mode the usual octal number, as 0660
    public static UnixSocket of(Path path, int mode, Optional<String> group, boolean readOnly) {
        return new UnixSocket(path.toAbsolutePath(), UnixListener.permissions(mode), group, readOnly);
    }
}
