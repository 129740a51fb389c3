package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.LocalStorage;

/// The folder that becomes a repository.
final class RepoFolder {
    /// What makes a folder a repository.
    private static final String CONFIG = "config";

    /// What an interrupted creation leaves, and what a file system has of its own.
    private static final Set<String> HARMLESS = Set.of("keys", "staging", "lost+found");

    private RepoFolder() {}

    /// Creates the folder, for this user alone, or sees that it is empty.
    ///
    /// @throws VirtException OPERATION_INVALID if it holds something else
    static LocalStorage prepare(Path folder) throws IOException {
        Path whole = folder.toAbsolutePath();
        if (whole.getParent() != null) {
            Files.createDirectories(whole.getParent());
        }
        try {
            Files.createDirectory(
                    whole, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            refuseTaken(folder);
        }
        return LocalStorage.create(folder);
    }

    private static void refuseTaken(Path folder) throws IOException {
        if (Files.exists(folder.resolve(CONFIG))) {
            return; // a repository, which its creation refuses in its own words
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!HARMLESS.contains(file.getFileName().toString())) {
                    throw new VirtException(
                            ErrorCode.OPERATION_INVALID,
                            ErrorDomain.STORAGE,
                            "folder '%s' holds '%s'; a repository needs a folder of its own"
                                    .formatted(folder, file.getFileName()));
                }
            }
        }
    }
}
