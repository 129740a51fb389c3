package org.virtkeep.cli;

import java.time.Instant;
import org.virtkeep.api.BackupJob;
import org.virtkeep.model.NbdAddress;

/// A backup job as JSON: one shape for `backup-list`, `domjobinfo`, `backup-begin --wait` and `event`. Statistics
/// have the names of libvirt's typed parameters (`virDomainGetJobStats`).
final class JobJson {
    /// `VIR_DOMAIN_JOB_OPERATION_BACKUP`.
    static final int OPERATION_BACKUP = 9;

    private JobJson() {}

    static JsonObject of(String domain, BackupJob job) {
        var json = new JsonObject()
                .put("domain", domain)
                .put("id", job.id())
                .put("mode", JobView.mode(job))
                .put("state", JobView.word(job.state()))
                .put("started", job.started())
                .putText("ended", job.ended().map(Instant::toString))
                .put("acknowledged", job.acknowledged())
                .putText("checkpoint", job.checkpoint());
        statistics(json, job);
        server(json, job);
        return json.put(
                "disks", job.disks().stream().map(disk -> disk(job, disk)).toList());
    }

    private static void statistics(JsonObject json, BackupJob job) {
        json.put("type", JobView.libvirtType(job.state()))
                .put("operation", OPERATION_BACKUP)
                .put("time_elapsed", job.elapsed().toMillis())
                .put("disk_total", job.total())
                .put("disk_processed", job.processed())
                .put("disk_remaining", JobView.remaining(job))
                .put("disk_temp_used", job.tempUsed())
                .put("disk_temp_total", job.tempTotal());
        switch (job.state()) {
            case RUNNING -> json.putNull("success");
            case COMPLETED -> json.put("success", true);
            case FAILED, CANCELLED -> json.put("success", false);
        }
        json.putText("errmsg", JobView.reason(job));
    }

    private static void server(JsonObject json, BackupJob job) {
        job.server().ifPresentOrElse(address -> json.put("server", address(address)), () -> json.putNull("server"));
        job.clients().ifPresentOrElse(clients -> json.put("clients", clients), () -> json.putNull("clients"));
    }

    private static JsonObject address(NbdAddress address) {
        return switch (address) {
            case NbdAddress.Unix(String path) ->
                new JsonObject().put("transport", "unix").put("socket", path);
            case NbdAddress.Tcp(String host, int port) ->
                new JsonObject().put("transport", "tcp").put("name", host).put("port", port);
        };
    }

    private static JsonObject disk(BackupJob job, BackupJob.Disk disk) {
        return new JsonObject()
                .put("name", disk.name())
                .put("state", JobView.word(disk.state()))
                .putText("error", disk.error())
                .put("backupmode", disk.mode().xml())
                .putText("incremental", disk.incremental())
                .put("total", disk.total())
                .put("processed", disk.processed())
                .put("temp_used", disk.tempUsed())
                .put("temp_total", disk.tempTotal())
                .putText("exportname", disk.exportName())
                .putText("exportbitmap", disk.exportBitmap())
                .putText("uri", NbdUri.of(job, disk))
                .putText("format", disk.format())
                .putText("path", disk.path())
                .put("time_elapsed", job.elapsed(disk).toMillis())
                .putText("ended", disk.ended().map(Instant::toString))
                .putText("fallback", disk.fallback());
    }
}
