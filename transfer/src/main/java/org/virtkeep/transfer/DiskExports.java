package org.virtkeep.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;

/// The exports of all disks of a job, connected. Owns the connections. Confined to one thread, its
/// exports are not.
final class DiskExports implements AutoCloseable {
    /// Each disk takes some forty short steps of both sides, so that several at a time are faster than one.
    private static final int CONNECTING = 4;

    private final Map<String, DiskExport> exports = new ConcurrentHashMap<>();
    private final List<DiskDecision> decisions = new ArrayList<>();
    private final Optional<BackupUpstream> upstream;

    private DiskExports(Optional<BackupUpstream> upstream) {
        this.upstream = upstream;
    }

    /// Connects to all. A disk whose size turns out to differ from its base's is read whole.
    ///
    /// @param backups with all bases of what is planned
    static DiskExports open(PullJob job, List<DiskDecision> planned, List<BackupInfo> backups, CancelToken cancel)
            throws IOException {
        var all = new DiskExports(job.upstream());
        try {
            all.connect(job, planned, cancel);
            for (DiskDecision decision : planned) {
                all.add(job, decision, backups);
            }
            all.letGoOfWhatIsNotUsed();
            return all;
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private void connect(PullJob job, List<DiskDecision> planned, CancelToken cancel) throws IOException {
        var left = new ConcurrentLinkedQueue<>(planned);
        Workers.run("connect", Math.min(CONNECTING, planned.size()), cancel, stop -> {
            for (DiskDecision next = left.poll(); next != null && !stop.asked(); next = left.poll()) {
                Optional<String> bitmap = next.base().map(_ -> PullJob.BITMAP);
                exports.put(next.disk(), DiskExport.connect(job, next.disk(), bitmap, direct(next.disk())));
            }
        });
    }

    private void add(PullJob job, DiskDecision decision, List<BackupInfo> backups) throws IOException {
        DiskExport export = exports.get(decision.disk());
        Optional<Long> before = decision.base().flatMap(base -> sizeIn(backups, base.backup(), decision.disk()));
        if (before.isPresent() && before.get() != export.sizeBytes()) {
            export.close();
            exports.put(
                    decision.disk(),
                    DiskExport.connect(job, decision.disk(), Optional.empty(), direct(decision.disk())));
            decisions.add(DiskDecision.lost(decision.disk(), "resized while the backup began"));
        } else {
            decisions.add(decision);
        }
    }

    /// Who is on record as QEMU's reader and is not one, is not to be killed for it.
    private void letGoOfWhatIsNotUsed() {
        if (exports.values().stream().noneMatch(DiskExport::isDirect)) {
            upstream.ifPresent(BackupUpstream::close);
        }
    }

    private Optional<DirectExport> direct(String disk) {
        return upstream.flatMap(offered -> DirectExport.connect(offered, disk));
    }

    private static Optional<Long> sizeIn(List<BackupInfo> backups, String id, String disk) {
        return backups.stream()
                .filter(backup -> backup.id().equals(id))
                .findFirst()
                .flatMap(backup -> backup.disk(disk))
                .map(DiskInfo::sizeBytes);
    }

    /// What is read of each disk.
    List<DiskDecision> decisions() {
        return List.copyOf(decisions);
    }

    DiskExport export(String disk) {
        return exports.get(disk);
    }

    long sizeBytes(String disk) {
        return exports.get(disk).sizeBytes();
    }

    /// How much reading is expected, zeros included.
    long expected(PullJob job) {
        return decisions.stream()
                .mapToLong(decision ->
                        decision.base().isPresent() ? job.expected(decision.disk()) : sizeBytes(decision.disk()))
                .sum();
    }

    /// Says goodbye to all. Idempotent.
    void disconnect() {
        exports.values().forEach(DiskExport::close);
        upstream.ifPresent(BackupUpstream::close);
    }

    @Override
    public void close() {
        disconnect();
    }
}
