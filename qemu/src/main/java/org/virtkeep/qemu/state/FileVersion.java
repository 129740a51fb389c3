package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;

/// One file of those that have a path in turn: while it is the same, what was found out about its content holds, as
/// long as files are replaced and not written to. Immutable.
///
/// @param file its identity on this host
public record FileVersion(String file, FileTime modified) {

    /// Of the file that is there now; empty if there is none, or it is not ours to look at.
    public static Optional<FileVersion> of(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(new FileVersion(Objects.toString(attributes.fileKey()), attributes.lastModifiedTime()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
