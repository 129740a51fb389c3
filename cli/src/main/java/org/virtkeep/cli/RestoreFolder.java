package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.transfer.DiskTarget;
import org.virtkeep.transfer.DiskTargets;
import org.virtkeep.transfer.DiskTargets.Format;

/// The folder that images are restored into.
///
/// @param format for all of them; empty for the one that each had
record RestoreFolder(Path path, boolean force, Optional<Format> format) {

    Format format(DiskInfo disk) {
        return format.orElseGet(() -> Format.of(disk));
    }

    Path image(DiskInfo disk) {
        return path.resolve(disk.name() + "." + format(disk).label());
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /// Makes the folder, and sees that nothing would be overwritten, before anything is written.
    void prepare(List<DiskInfo> disks) throws IOException {
        Files.createDirectories(path);
        if (force) {
            return;
        }
        for (DiskInfo disk : disks) {
            requireFree(image(disk));
        }
        requireFree(file(RestoreWork.XML));
    }

    private static void requireFree(Path file) throws FileAlreadyExistsException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString(), null, "exists already; --force replaces it");
        }
    }

    DiskTarget target(DiskInfo disk) throws IOException {
        return DiskTargets.image(image(disk), format(disk), disk, force);
    }

    /// Keeps a small file; what existed is replaced.
    Path keep(String name, byte[] content) throws IOException {
        return Files.write(file(name), content);
    }
}
