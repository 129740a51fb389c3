package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.model.BackupDisk;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.nbd.ExportProgress;
import org.virtkeep.nbd.NbdFrontEnd;
import org.virtkeep.nbd.RelayedExport;
import org.virtkeep.nbd.TlsCredentials;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Json;

/// The NBD server of one pull job, as its keeper runs it. Thread-safe.
final class FrontEnd implements AutoCloseable {
    private final NbdFrontEnd server;

    private FrontEnd(NbdFrontEnd server) {
        this.server = server;
    }

    /// Listens where the request of `job` says, and leaves the rest to [#open]. Asks QEMU for nothing. The caller owns
    /// it.
    static NbdFrontEnd.Listening listen(String tag, DomainFolder folder, JobRecord job) throws IOException {
        if (!(KnownXml.request(job) instanceof BackupRequest.Pull pull)) {
            throw new IOException("job %d is no pull".formatted(job.id()));
        }
        var names = new JobNames(tag, job.id());
        Path upstream = NbdServer.socket(folder);
        List<RelayedExport> exports = job.disks().stream()
                .map(disk -> export(disk, requested(pull, disk), names, upstream))
                .toList();
        return NbdFrontEnd.listen(new NbdFrontEnd.Config(
                pull.server(),
                exports,
                NbdFrontEnd.Limits.DEFAULT,
                credentials(job),
                job.access().group()));
    }

    /// Connects to QEMU's private exports and serves them.
    static FrontEnd open(NbdFrontEnd.Listening listening, Deadline deadline) throws IOException {
        return new FrontEnd(listening.serve(deadline));
    }

    private static Optional<TlsCredentials> credentials(JobRecord job) throws IOException {
        Optional<String> folder = job.access().tls();
        return folder.isPresent() ? Optional.of(TlsCredentials.ofServer(Path.of(folder.get()))) : Optional.empty();
    }

    private static BackupDisk requested(BackupRequest.Pull pull, DiskRecord disk) {
        return pull.disks().stream()
                .filter(candidate -> candidate.name().equals(disk.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a job's disks are those of its request"));
    }

    private static RelayedExport export(DiskRecord disk, BackupDisk requested, JobNames names, Path upstream) {
        Map<String, String> contexts = new HashMap<>();
        requested
                .exportBitmap()
                .filter(_ -> disk.since().isPresent())
                .ifPresent(
                        bitmap -> contexts.put("qemu:dirty-bitmap:" + bitmap, "qemu:dirty-bitmap:" + names.bitmap()));
        BackupUpstream.Disk exports = PullUpstream.disk(disk, names, upstream);
        return new RelayedExport(
                requested.exportName().orElse(disk.name()),
                exports.socket(),
                exports.export(),
                contexts,
                false,
                exports.fleecing().map(parts -> new RelayedExport.Fleecing(parts.live(), parts.scratch())));
    }

    NbdAddress address() {
        return server.address();
    }

    /// Bytes that clients have read from each export, in the order of the job's disks.
    List<Long> bytesRead() {
        return server.progress().stream().map(ExportProgress::bytesRead).toList();
    }

    int clients() {
        return server.progress().stream().mapToInt(ExportProgress::clientsNow).sum();
    }

    /// When a client last did anything; at first the start.
    Instant lastActivity() {
        return server.progress().stream()
                .map(ExportProgress::lastActivity)
                .max(Instant::compareTo)
                .orElseThrow();
    }

    /// Why an export cannot be served any more, if that is so.
    Optional<String> failure() {
        return server.progress().stream()
                .flatMap(export ->
                        export.failure().stream().map(reason -> "export '%s': %s".formatted(export.name(), reason)))
                .findFirst();
    }

    /// What the keeper publishes for others to read.
    ObjectNode progress() {
        var node = Json.object().put("clients", clients());
        var read = node.putArray("read");
        bytesRead().forEach(read::add);
        return node;
    }

    /// Has something done whenever a client has left, by one of the server's threads.
    void whenAClientLeaves(Runnable then) {
        server.whenAClientLeaves(then);
    }

    /// Closes all clients, then the connections to QEMU, within a second. Idempotent.
    @Override
    public void close() {
        server.close();
    }
}
