package org.virtkeep.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
import org.virtkeep.api.Connection;
import org.virtkeep.api.RepositoryBackup;
import org.virtkeep.api.RepositoryBackupListener;
import org.virtkeep.api.RepositoryBackupOutcome;
import org.virtkeep.api.RepositoryBackupRequest;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Credentials;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositorySettings;

/// Backs up several domains in this process, some of them at the same time. The failure of one is its own. Owns the
/// repository.
public final class LocalBackup implements RepositoryBackup {
    /// How often progress is told.
    private static final long TICK_MILLIS = 300;

    private final Connection connection;
    private final RepositoryBackupRequest request;
    private final BackupOptions options;
    private final Repository repository;
    private final CancelToken cancel = new CancelToken();
    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final Queue<TransferProgress> running = new ConcurrentLinkedQueue<>();

    private LocalBackup(
            Connection connection, RepositoryBackupRequest request, BackupOptions options, Repository repository) {
        this.connection = connection;
        this.request = request;
        this.options = options;
        this.repository = repository;
    }

    /// Opens the repository. No domain is touched yet. The caller closes it, and the connection afterwards.
    ///
    /// @param request its secret is not needed any more when this returns
    /// @throws IOException what the repository refused
    public static LocalBackup begin(Connection connection, RepositoryBackupRequest request) throws IOException {
        connection.prepareBackup();
        BackupOptions options = BackupOptions.in(request.stateFolder())
                .withFull(request.full())
                .withQuiesce(request.quiesce())
                .withScratchFolder(request.scratchFolder())
                .withDisks(request.disks())
                .withForeignSockets(!isEmbedded(connection));
        if (request.bytesPerSecond().isPresent()) {
            options =
                    options.withRateLimit(RateLimit.of(request.bytesPerSecond().getAsLong()));
        }
        LocalStorage storage = LocalStorage.open(request.repository());
        Credentials credentials = Secrets.credentials(request.secret());
        return new LocalBackup(
                connection, request, options, Repository.open(storage, credentials, RepositorySettings.defaults()));
    }

    /// Behind a daemon, QEMU may be another user's.
    private static boolean isEmbedded(Connection connection) {
        return connection.uri().startsWith("qemu:///embed");
    }

    @Override
    public void await(RepositoryBackupListener listener) {
        ExecutorService threads = Executors.newFixedThreadPool(
                request.parallel(),
                Thread.ofPlatform().name("backup-", 0).daemon().factory());
        try {
            List<Future<RepositoryBackupOutcome>> started = request.domains().stream()
                    .map(domain -> threads.submit(() -> backUp(domain)))
                    .toList();
            for (Future<RepositoryBackupOutcome> each : started) {
                listener.ended(await(each, listener));
            }
        } finally {
            threads.shutdown();
        }
    }

    private RepositoryBackupOutcome await(Future<RepositoryBackupOutcome> outcome, RepositoryBackupListener listener) {
        while (true) {
            try {
                return outcome.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                tellProgress(listener);
            } catch (InterruptedException _) {
                cancel.cancel("interrupted");
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } finally {
                for (String note = said.poll(); note != null; note = said.poll()) {
                    listener.note(note);
                }
            }
        }
    }

    private void tellProgress(RepositoryBackupListener listener) {
        List<TransferProgress> now = List.copyOf(running);
        if (!now.isEmpty()) {
            listener.progress(
                    now.stream().mapToLong(TransferProgress::done).sum(),
                    now.stream().mapToLong(TransferProgress::total).sum());
        }
    }

    private RepositoryBackupOutcome backUp(String name) {
        var listener = new Listener(name);
        try {
            cancel.throwIfCancelled();
            var backup = new DomainBackup(connection.domain(name), repository, options, listener, cancel);
            return RepositoryBackupOutcome.done(name, Reports.of(backup.run()), listener.notes);
        } catch (VirtException e) {
            return RepositoryBackupOutcome.failed(name, e, listener.notes);
        } catch (IOException e) {
            return RepositoryBackupOutcome.failed(name, FileFailure.of(e), listener.notes);
        } catch (CancellationException e) {
            var failure = new VirtException(
                    ErrorCode.OPERATION_ABORTED, ErrorDomain.NONE, "the backup was " + e.getMessage(), e);
            return RepositoryBackupOutcome.failed(name, failure, listener.notes);
        } catch (RuntimeException | Error e) {
            return RepositoryBackupOutcome.failed(name, fault(e), listener.notes);
        } finally {
            listener.progress.ifPresent(running::remove);
        }
    }

    /// Also what the Java machine throws is the failure of one domain: the others need not be short of it.
    private static VirtException fault(Throwable thrown) {
        if (!(thrown instanceof OutOfMemoryError)) {
            return VirtException.fault(thrown);
        }
        String message = "out of memory: %s; VIRTKEEP_JAVA_OPTIONS=-Xmx2g gives more, a lower --parallel needs less"
                .formatted(thrown.getMessage());
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, message, thrown);
    }

    @Override
    public void cancel(String why) {
        cancel.cancel(why);
    }

    @Override
    public void close() {
        cancel.cancel("given up");
        repository.close();
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
