package org.virtkeep.qemu.backup;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.virtkeep.qemu.state.FileVersion;

/// Files of jobs that were found to have ended, which is so for ever. Nearly all files are of such jobs, and every
/// session asks. A file that was replaced is another one. Thread-safe.
final class EndedJobs {
    /// A domain keeps some tens.
    private static final int MAX_KNOWN = 10_000;

    private static final Map<Path, FileVersion> KNOWN = new ConcurrentHashMap<>();

    private EndedJobs() {}

    static boolean contain(Path file, FileVersion version) {
        return version.equals(KNOWN.get(file));
    }

    /// @param version from before it was read
    static void add(Path file, FileVersion version) {
        if (KNOWN.size() >= MAX_KNOWN) {
            KNOWN.clear();
        }
        KNOWN.put(file, version);
    }
}
