package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.StorageKind;
import org.virtkeep.qemu.block.EmptyQcow2;
import org.virtkeep.qemu.state.Durable;

/// The files of backup jobs: which are ours to delete. Stateless.
final class JobFiles {
    private JobFiles() {}

    /// Deletes a disk's target or scratch file if the job made it.
    ///
    /// A file is known to be ours once the record says so, or if it is a scratch image that says so itself. If
    /// the job died between making it and saying so, it is still empty; an empty file in the place that the
    /// job was about to use holds nothing that could be lost.
    static void deleteIfOurs(Durable durable, JobNames names, DiskRecord disk) throws IOException {
        Path file = Path.of(disk.path());
        if (disk.kind() == StorageKind.FILE && (disk.made() || !disk.reused() && isOurs(file, names))) {
            durable.delete(file);
        }
    }

    private static boolean isOurs(Path file, JobNames names) throws IOException {
        return isEmptyFile(file)
                || Files.isRegularFile(file) && EmptyQcow2.owner(file).equals(Optional.of(names.prefix()));
    }

    private static boolean isEmptyFile(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) && Files.size(file) == 0;
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    /// Deletes a unix socket's file if nobody listens on it any more.
    static void deleteStaleSocket(Durable durable, Path socket) throws IOException {
        if (Files.exists(socket) && !Files.isRegularFile(socket) && !isListenedOn(socket)) {
            durable.discard(socket);
        }
    }

    static boolean isListenedOn(Path socket) throws IOException {
        try (var _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return true;
        } catch (ConnectException _) {
            return false;
        }
    }
}
