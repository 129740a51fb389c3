package org.virtkeep.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.repository.BackupList;
import org.virtkeep.repository.DiskInfo;

/// The exports of all disks of a job, connected. Owns the connections. Confined to one thread, its
/// exports are not.
final class DiskExports implements AutoCloseable {
    private final Map<String, DiskExport> exports = new LinkedHashMap<>();
    private final List<DiskDecision> decisions = new ArrayList<>();
    private final Optional<BackupUpstream> upstream;

    private DiskExports(Optional<BackupUpstream> upstream) {
        this.upstream = upstream;
    }

    /// Connects to all. A disk whose size turns out to differ from its base's is read whole.
    static DiskExports open(PullJob job, List<DiskDecision> planned, BackupList backups) throws IOException {
        var all = new DiskExports(job.upstream());
        try {
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

    private void add(PullJob job, DiskDecision decision, BackupList backups) throws IOException {
        Optional<String> bitmap = decision.base().map(_ -> PullJob.BITMAP);
        DiskExport export = DiskExport.connect(job, decision.disk(), bitmap, direct(decision.disk()));
        exports.put(decision.disk(), export);
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

    private static Optional<Long> sizeIn(BackupList backups, String id, String disk) {
        return backups.backups().stream()
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
