package org.virtkeep.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.api.Domain;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Repository;
import org.virtkeep.transfer.BackupListener;
import org.virtkeep.transfer.BackupOptions;
import org.virtkeep.transfer.CancelToken;
import org.virtkeep.transfer.DiskDecision;
import org.virtkeep.transfer.DomainBackup;
import org.virtkeep.transfer.TransferProgress;

/// Backs up several domains, some of them at the same time. The failure of one is its own.
final class BackupFleet {
    /// How often progress is looked at.
    private static final long TICK_MILLIS = 300;

    private final Repository repository;
    private final BackupOptions options;
    private final int parallel;
    private final CancelToken cancel;
    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final Queue<TransferProgress> running = new ConcurrentLinkedQueue<>();

    BackupFleet(Repository repository, BackupOptions options, int parallel, CancelToken cancel) {
        this.repository = repository;
        this.options = options;
        this.parallel = parallel;
        this.cancel = cancel;
    }

    /// Waits for all. What is to be told meanwhile is told by this thread.
    ///
    /// @param unknown what was named and is no domain
    List<BackupOutcome> run(
            List<Domain> domains, Map<String, VirtException> unknown, TransferLine line, Output output) {
        var outcomes = new ArrayList<BackupOutcome>();
        unknown.forEach((word, refused) -> outcomes.add(BackupOutcome.failed(word, refused, List.of())));
        boolean alone = domains.size() + unknown.size() == 1; // then its failure is that of the command
        outcomes.forEach(outcome -> tell(outcome, alone, output));
        ExecutorService threads = Executors.newFixedThreadPool(
                parallel, Thread.ofPlatform().name("backup-", 0).daemon().factory());
        try {
            List<Future<BackupOutcome>> started = domains.stream()
                    .map(domain -> threads.submit(() -> backUp(domain)))
                    .toList();
            for (Future<BackupOutcome> each : started) {
                BackupOutcome outcome = await(each, line, output);
                outcomes.add(outcome);
                line.clear();
                tell(outcome, alone, output);
            }
            return outcomes;
        } finally {
            threads.shutdown();
        }
    }

    private static void tell(BackupOutcome outcome, boolean alone, Output output) {
        if (outcome.failure().isPresent()) {
            if (!output.isJson() && !alone) {
                output.complain(outcome.text());
            }
        } else if (!output.isJson() && !output.isQuiet()) {
            output.text(outcome.text());
            output.flush();
        }
    }

    private BackupOutcome await(Future<BackupOutcome> outcome, TransferLine line, Output output) {
        while (true) {
            try {
                return outcome.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                line.show(List.copyOf(running), System.nanoTime());
            } catch (InterruptedException _) {
                cancel.cancel("interrupted");
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } finally {
                for (String note = said.poll(); note != null; note = said.poll()) {
                    line.clear();
                    output.note(note);
                }
            }
        }
    }

    private BackupOutcome backUp(Domain domain) {
        String name = domain.name();
        var listener = new Listener(name);
        try {
            cancel.throwIfCancelled();
            var backup = new DomainBackup(domain, repository, options, listener, cancel);
            return BackupOutcome.done(name, backup.run(), listener.notes);
        } catch (VirtException e) {
            return BackupOutcome.failed(name, e, listener.notes);
        } catch (IOException e) {
            return BackupOutcome.failed(name, FileFailure.of(e), listener.notes);
        } catch (CancellationException e) {
            var failure = new VirtException(
                    ErrorCode.OPERATION_ABORTED, ErrorDomain.NONE, "the backup was " + e.getMessage(), e);
            return BackupOutcome.failed(name, failure, listener.notes);
        } catch (RuntimeException | Error e) {
            return BackupOutcome.failed(name, fault(e), listener.notes);
        } finally {
            listener.progress.ifPresent(running::remove);
        }
    }

    /// Also what the Java machine throws is the failure of one domain: the others need not be short of it.
    private static VirtException fault(Throwable thrown) {
        String message = thrown instanceof OutOfMemoryError
                ? "out of memory: %s; VIRTKEEP_JAVA_OPTIONS=-Xmx2g gives more, a lower --parallel needs less"
                        .formatted(thrown.getMessage())
                : "internal error: %s; this is a fault in virtkeep".formatted(thrown);
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, message, thrown);
    }

    /// Passes on what one backup has to tell.
    private final class Listener implements BackupListener {
        private final String domain;
        private final List<String> notes = new ArrayList<>();
        private Optional<TransferProgress> progress = Optional.empty();

        Listener(String domain) {
            this.domain = domain;
        }

        @Override
        public void decided(List<DiskDecision> decisions) {
            for (DiskDecision decision : decisions) {
                if (decision.unexpected()) {
                    note("disk '%s' of domain '%s' is read whole: %s"
                            .formatted(decision.disk(), domain, decision.why()));
                }
            }
        }

        @Override
        public void copying(TransferProgress begun) {
            progress = Optional.of(begun);
            running.add(begun);
        }

        @Override
        public void note(String text) {
            notes.add(text);
            said.add(text);
        }
    }
}
