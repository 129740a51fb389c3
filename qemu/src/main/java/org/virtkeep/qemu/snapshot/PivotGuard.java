package org.virtkeep.qemu.snapshot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.BackupJobs;
import org.virtkeep.qemu.backup.OwnProgram;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.Recoveries;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qemu.state.Root;

/// A process beside one that lets QEMU go over from one image to another: `PivotGuard ROOT DOMAIN`. The guest's
/// writes may wait for a moment then. It reads its standard input; if that ends before a line came, whoever
/// started it has died, and it carries on in its place.
public final class PivotGuard implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String DISMISSED = "done\n";

    private final Optional<Process> process;

    private PivotGuard(Optional<Process> process) {
        this.process = process;
    }

    /// How a guard is started.
    @FunctionalInterface
    interface Starter {
        PivotGuard start(DomainSession session);
    }

    /// @throws VirtException SYSTEM_ERROR if it cannot be started
    static PivotGuard start(DomainSession session) {
        Path log = session.folder().snapshots().resolve(".guard.log");
        try {
            return new PivotGuard(Optional.of(
                    OwnProgram.start(PivotGuard.class, log, session.root().dir().toString(), session.name())));
        } catch (IOException e) {
            throw Durable.failure("start a process with log", log, e);
        }
    }

    /// For who is a guard already.
    static PivotGuard none(DomainSession session) {
        return new PivotGuard(Optional.empty());
    }

    /// It is not needed any more.
    void dismiss() {
        process.ifPresent(guard -> {
            try {
                OutputStream input = guard.getOutputStream();
                input.write(DISMISSED.getBytes(StandardCharsets.US_ASCII));
                input.flush();
            } catch (IOException _) {
                // it has gone by itself: then it is not needed either
            }
        });
    }

    /// Lets go of it. Unless it was dismissed, it carries on with what is not done.
    @Override
    public void close() {
        process.ifPresent(guard -> {
            try {
                guard.getOutputStream().close();
            } catch (IOException _) {
                // closing a pipe to a process that is gone
            }
        });
    }

    /// @param arguments root directory, domain name
    public static void main(String[] arguments) {
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            if (input.readLine() == null) {
                carryOn(Root.open(Path.of(arguments[0])), arguments[1]);
            }
        } catch (IOException e) {
            System.err.println("standard input cannot be read: " + e.getMessage());
        }
    }

    private static void carryOn(Root root, String domain) {
        JobRecovery recovery = new Recoveries(List.of(new SnapshotRecovery(PivotGuard::none), BackupJobs.create()));
        var sessions = new Sessions(root, recovery);
        var store = new SnapshotStore(root.folder(domain), root.durable());
        var deadline = Deadline.in(LIMIT);
        while (store.change().isPresent() && !deadline.hasPassed()) {
            try (var _ = sessions.open(domain, "snapshot-delete", Deadline.in(Sessions.USUAL_LIMIT))) {
                LockSupport.parkNanos(1); // opening is what carries on
            } catch (VirtException e) {
                System.err.println(e.getMessage());
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
