package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Files of jobs that were found to have ended, which is so for ever. Nearly all files are of such jobs, and every
/// session asks. A file that was replaced is another one. Thread-safe.
final class EndedJobs {
    /// A domain keeps some tens.
    private static final int MAX_KNOWN = 10_000;

    private static final Map<Path, Version> KNOWN = new ConcurrentHashMap<>();

    /// One file of those that had a path in turn.
    record Version(String file, FileTime modified) {}

    private EndedJobs() {}

    /// Empty if there is no such file.
    static Optional<Version> version(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Version(Objects.toString(attributes.fileKey()), attributes.lastModifiedTime()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    static boolean contain(Path file, Version version) {
        return version.equals(KNOWN.get(file));
    }

    /// @param version from before it was read
    static void add(Path file, Version version) {
        if (KNOWN.size() >= MAX_KNOWN) {
            KNOWN.clear();
        }
        KNOWN.put(file, version);
    }
}
