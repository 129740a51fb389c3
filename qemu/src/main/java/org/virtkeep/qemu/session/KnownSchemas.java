package org.virtkeep.qemu.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qmp.QmpSchema;

/// What QEMUs can do, by the program that they run: the answer has 200 KB, and QEMU does nothing else while it
/// writes it. A program that was replaced under a running QEMU is another file. Thread-safe.
final class KnownSchemas {
    /// Hosts have one or two; one schema takes a few hundred kilobytes.
    private static final int MAX_KNOWN = 4;

    private static final Map<Build, QmpSchema> KNOWN = new LinkedHashMap<>(MAX_KNOWN, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Build, QmpSchema> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    /// A program's file, as long as some process runs it.
    record Build(String file, FileTime modified) {
        /// Empty if the process is not known, or not ours to look at.
        static Optional<Build> of(DomainRun run) {
            return run.process().filter(ProcessIdentity::isAlive).flatMap(process -> of(process.pid()));
        }

        private static Optional<Build> of(long pid) {
            try {
                BasicFileAttributes file =
                        Files.readAttributes(Path.of("/proc", Long.toString(pid), "exe"), BasicFileAttributes.class);
                return Optional.of(new Build(Objects.toString(file.fileKey()), file.lastModifiedTime()));
            } catch (IOException _) {
                return Optional.empty();
            }
        }
    }

    private KnownSchemas() {}

    static Optional<QmpSchema> find(Build build) {
        synchronized (KNOWN) {
            return Optional.ofNullable(KNOWN.get(build));
        }
    }

    static void note(Build build, QmpSchema schema) {
        synchronized (KNOWN) {
            KNOWN.put(build, schema);
        }
    }
}
