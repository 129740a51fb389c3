package org.virtkeep.qemu.session;

import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.FileVersion;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qmp.QmpSchema;

/// What QEMUs can do, by the program that they run: the answer has 200 KB, and QEMU does nothing else while it
/// writes it. A program that was replaced under a running QEMU is another file. Thread-safe.
final class KnownSchemas {
    /// Hosts have one or two; one schema takes a few hundred kilobytes.
    private static final int MAX_KNOWN = 4;

    private static final RecentlyUsed<FileVersion, QmpSchema> KNOWN = new RecentlyUsed<>(MAX_KNOWN);

    private KnownSchemas() {}

    /// The file of the program that a run's process runs. Empty if the process is not known, or not ours to look at.
    static Optional<FileVersion> program(DomainRun run) {
        return run.process()
                .filter(ProcessIdentity::isAlive)
                .flatMap(process -> FileVersion.of(Path.of("/proc", Long.toString(process.pid()), "exe")));
    }

    static Optional<QmpSchema> find(FileVersion program) {
        return KNOWN.find(program);
    }

    static void note(FileVersion program, QmpSchema schema) {
        KNOWN.note(program, schema);
    }
}
