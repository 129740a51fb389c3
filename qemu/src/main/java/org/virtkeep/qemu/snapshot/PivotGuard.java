package org.virtkeep.qemu.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.qemu.backup.OwnProgram;
import org.virtkeep.qemu.session.DomainSession;

/// A process beside one that lets QEMU go over from one image to another: `PROGRAM ROOT DOMAIN`. The guest's
/// writes may wait for a moment then. It says that it is ready in a line, and reads its standard input; if that ends
/// before a line came, whoever started it has died, and it carries on in its place.
public final class PivotGuard implements AutoCloseable {
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
    ///
    /// @param program is what such a process runs
    public static PivotGuard start(DomainSession session, Class<?> program) {
        Path log = session.folder().snapshots().resolve(".guard.log");
        try {
            session.root().durable().createDirectory(log.getParent());
            Process started =
                    OwnProgram.start(program, log, session.root().dir().toString(), session.name());
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
}
