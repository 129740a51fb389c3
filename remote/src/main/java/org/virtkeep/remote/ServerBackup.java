package org.virtkeep.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.api.RepositoryBackup;
import org.virtkeep.api.RepositoryBackupListener;
import org.virtkeep.api.RepositoryBackupOutcome;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.RepositoryBackupMessages;
import org.virtkeep.rpc.RepositoryBackupMessages.Cancel;
import org.virtkeep.rpc.RepositoryBackupMessages.News;
import org.virtkeep.rpc.RepositoryBackupMessages.Telling;
import org.virtkeep.rpc.RepositoryBackupMessages.Wait;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcException;
import org.virtkeep.rpc.VirtkeepProgram;

/// Backups that our daemon makes. They belong to one connection, and are never looked for on another: the daemon
/// cancels them when it is lost.
final class ServerBackup implements RepositoryBackup {
    private static final Duration WAIT = Duration.ofSeconds(20);
    /// For a reply beyond what it may be held back.
    private static final Duration REPLY_LIMIT = Duration.ofMinutes(1);

    private final String uri;
    private final RpcClient client;
    private final int id;
    private final List<String> untold;
    private long told;
    private volatile boolean ended;

    /// @param client not owned
    /// @param domains what was asked for
    ServerBackup(String uri, RpcClient client, int id, List<String> domains) {
        this.uri = uri;
        this.client = client;
        this.id = id;
        this.untold = new ArrayList<>(domains);
    }

    @Override
    public void await(RepositoryBackupListener listener) {
        try {
            while (!ended) {
                News news = call(
                        VirtkeepProgram.REPOSITORY_BACKUP_WAIT,
                        new Wait(id, told, (int) WAIT.toMillis()),
                        WAIT.plus(REPLY_LIMIT));
                news.progress().ifPresent(now -> listener.progress(now.done(), now.total()));
                news.tellings().forEach(telling -> tell(telling, listener));
                ended = news.ended();
            }
            failUntold(listener, unheard());
        } catch (RpcException e) {
            ended = true;
            failUntold(listener, lost(e));
        }
    }

    private void failUntold(RepositoryBackupListener listener, VirtException failure) {
        untold.forEach(domain -> listener.ended(RepositoryBackupOutcome.failed(domain, failure, List.of())));
        untold.clear();
    }

    private void tell(Telling telling, RepositoryBackupListener listener) {
        if (telling.number() <= told) {
            return;
        }
        told = telling.number();
        telling.note().ifPresent(listener::note);
        telling.outcome().ifPresent(outcome -> {
            untold.remove(outcome.domain());
            listener.ended(outcome(outcome));
        });
    }

    private <A, R> R call(Procedure<A, R> procedure, A arguments, Duration limit) throws RpcException {
        return client.call(procedure, arguments, Deadline.in(limit));
    }

    private VirtException unheard() {
        return new VirtException(
                ErrorCode.INTERNAL_ERROR,
                ErrorDomain.RPC,
                "virtkeepd at '%s' does not say how the backup went; look with 'virtkeep list'".formatted(uri));
    }

    private VirtException lost(RpcException e) {
        return new VirtException(
                ErrorCode.SYSTEM_ERROR,
                ErrorDomain.RPC,
                ("virtkeepd at '%s', which made the backup, does not answer any more (%s); the guest is not harmed, and the"
                                + " next 'virtkeep backup' removes what was left and finds what was stored")
                        .formatted(uri, e.getMessage()),
                e);
    }

    private static RepositoryBackupOutcome outcome(RepositoryBackupMessages.Outcome outcome) {
        return new RepositoryBackupOutcome(
                outcome.domain(),
                outcome.report().map(ServerBackup::report),
                outcome.failure().map(failure -> failure.toVirtException()),
                outcome.notes());
    }

    private static RepositoryBackupOutcome.Report report(RepositoryBackupMessages.Report report) {
        return new RepositoryBackupOutcome.Report(
                report.backup(),
                Instant.ofEpochSecond(report.instantSeconds(), report.instantNanos()),
                report.sequence(),
                report.base(),
                report.checkpoints(),
                report.quiesced(),
                report.readBytes(),
                report.storedBytes(),
                report.newChunks(),
                report.knownChunks(),
                Duration.ofNanos(report.elapsedNanos()),
                report.disks().stream().map(ServerBackup::disk).toList());
    }

    private static RepositoryBackupOutcome.Disk disk(RepositoryBackupMessages.Disk disk) {
        return new RepositoryBackupOutcome.Disk(
                disk.name(),
                disk.mode(),
                disk.why(),
                disk.base(),
                disk.sizeBytes(),
                disk.changedBytes(),
                disk.treeHash());
    }

    @Override
    public void cancel(String why) {
        try {
            call(VirtkeepProgram.REPOSITORY_BACKUP_CANCEL, new Cancel(id, why), REPLY_LIMIT);
        } catch (RpcException _) {
            return; // it has ended, or the connection has, which cancels it too
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            cancel("given up");
        }
    }
}
