package org.virtkeep.qemu.snapshot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.BackupJobs;
import org.virtkeep.qemu.backup.OwnProgram;
import org.virtkeep.qemu.blockjob.BlockJobRecovery;
import org.virtkeep.qemu.blockjob.BlockJobStore;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Recoveries;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.Root;

/// A process beside one that lets QEMU go over from one image to another: `PivotGuard ROOT DOMAIN`. The guest's
/// writes may wait for a moment then. It reads its standard input; if that ends before a line came, whoever
/// started it has died, and it carries on in its place.
public final class PivotGuard implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String DISMISSED = "done\n";

    /// For a process to start. Nobody waits for it yet.
    private static final Duration READY_LIMIT = Duration.ofSeconds(15);

    private final Optional<Process> process;

    private PivotGuard(Optional<Process> process) {
        this.process = process;
    }

    /// How a guard is started.
    @FunctionalInterface
    public interface Starter {
        PivotGuard start(DomainSession session);
    }

    /// Returns when it is ready, so that its start is no part of what the guest may have to wait for. Without a
    /// guard we go on all the same: it is for the case that we die, and who waits for us cannot help that a
    /// process cannot be started.
    public static PivotGuard start(DomainSession session) {
        Path log = session.folder().snapshots().resolve(".guard.log");
        try {
            session.root().durable().createDirectory(log.getParent());
            Process started =
                    OwnProgram.start(PivotGuard.class, log, session.root().dir().toString(), session.name());
            awaitReady(started);
            return new PivotGuard(Optional.of(started));
        } catch (IOException e) {
            session.notice("domain '%s': no guard could be started: %s".formatted(session.name(), e.getMessage()));
            return none(session);
        }
    }

    private static void awaitReady(Process guard) throws IOException {
        var line = new CompletableFuture<Optional<String>>();
        Thread.ofVirtual().name("pivot-guard-answer").start(() -> {
            try {
                line.complete(Optional.ofNullable(guard.inputReader().readLine()));
            } catch (IOException e) {
                line.completeExceptionally(e);
            }
        });
        try {
            if (line.get(READY_LIMIT.toMillis(), TimeUnit.MILLISECONDS).isEmpty()) {
                throw new IOException("it ended at once");
            }
        } catch (TimeoutException | ExecutionException e) {
            guard.destroyForcibly();
            throw new IOException("it did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for it", e);
        }
    }

    /// For who is a guard already.
    public static PivotGuard none(DomainSession session) {
        return new PivotGuard(Optional.empty());
    }

    /// It is not needed any more.
    public void dismiss() {
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
        PrintStream answers = OwnProgram.takeOutput();
        Root root = Root.open(Path.of(arguments[0]));
        var sessions = new Sessions(
                root,
                new Recoveries(List.of(
                        new SnapshotRecovery(PivotGuard::none),
                        new BlockJobRecovery(PivotGuard::none),
                        BackupJobs.create())));
        var store = new SnapshotStore(root.folder(arguments[1]), root.durable());
        isGoingOver(root, store, arguments[1]); // so that what it takes to read it is loaded
        answers.println("ready");
        answers.flush();
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            if (input.readLine() == null) {
                carryOn(sessions, store, arguments[1]);
            }
        } catch (IOException e) {
            System.err.println("standard input cannot be read: " + e.getMessage());
        }
    }

    private static boolean isGoingOver(Root root, SnapshotStore store, String domain) {
        return store.change().isPresent() || BlockJobStore.isGoingOver(root.folder(domain), root.durable());
    }

    private static void carryOn(Sessions sessions, SnapshotStore store, String domain) {
        var deadline = Deadline.in(LIMIT);
        while (isGoingOver(sessions.root(), store, domain) && !deadline.hasPassed()) {
            try (var _ = sessions.open(domain, "snapshot-delete", Deadline.in(Sessions.USUAL_LIMIT))) {
                LockSupport.parkNanos(1); // opening is what carries on
            } catch (VirtException e) {
                System.err.println(e.getMessage());
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
