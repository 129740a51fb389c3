package org.virtkeep.qemu.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.NbdAddress;

/// [BackupJob] as JSON. What is empty is left out. Stateless.
public final class BackupJobJson {
    private BackupJobJson() {}

    public static ObjectNode toJson(BackupJob job) {
        ObjectNode node = Json.object()
                .put("id", job.id())
                .put("push", job.push())
                .put("state", job.state().name());
        job.error().ifPresent(error -> node.put("error", error));
        node.put("started", job.started().toString());
        job.ended().ifPresent(ended -> node.put("ended", ended.toString()));
        node.put("elapsed", job.elapsed().toString());
        job.checkpoint().ifPresent(checkpoint -> node.put("checkpoint", checkpoint));
        job.server().ifPresent(server -> node.set("server", toJson(server)));
        job.clients().ifPresent(clients -> node.put("clients", clients));
        node.put("acknowledged", job.acknowledged());
        ArrayNode disks = node.putArray("disks");
        job.disks().forEach(disk -> disks.add(toJson(disk)));
        return node;
    }

    /// @throws IOException naming the field that is missing or wrong
    public static BackupJob fromJson(JsonNode node) throws IOException {
        return new BackupJob(
                Json.integer(node, "id"),
                Json.flag(node, "push"),
                Json.constant(node, "state", JobState.class),
                Json.optionalText(node, "error"),
                Json.instant(node, "started"),
                optionalInstant(node, "ended"),
                duration(node, "elapsed"),
                Json.optionalText(node, "checkpoint"),
                Json.has(node, "server") ? Optional.of(address(node.path("server"))) : Optional.empty(),
                Json.optionalInteger(node, "clients"),
                Json.flag(node, "acknowledged"),
                disks(Json.elements(node, "disks")));
    }

    private static ObjectNode toJson(NbdAddress address) {
        return switch (address) {
            case NbdAddress.Unix(String path) -> Json.object().put("path", path);
            case NbdAddress.Tcp(String host, int port) ->
                Json.object().put("host", host).put("port", port);
        };
    }

    private static NbdAddress address(JsonNode node) throws IOException {
        return Json.has(node, "path")
                ? new NbdAddress.Unix(Json.text(node, "path"))
                : new NbdAddress.Tcp(Json.text(node, "host"), Json.integer(node, "port"));
    }

    private static ObjectNode toJson(BackupJob.Disk disk) {
        ObjectNode node =
                Json.object().put("name", disk.name()).put("state", disk.state().name());
        disk.error().ifPresent(error -> node.put("error", error));
        node.put("mode", disk.mode().name());
        disk.incremental().ifPresent(incremental -> node.put("incremental", incremental));
        node.put("total", disk.total())
                .put("processed", disk.processed())
                .put("tempUsed", disk.tempUsed())
                .put("tempTotal", disk.tempTotal());
        disk.exportName().ifPresent(name -> node.put("exportName", name));
        disk.exportBitmap().ifPresent(name -> node.put("exportBitmap", name));
        disk.format().ifPresent(format -> node.put("format", format));
        disk.path().ifPresent(path -> node.put("path", path));
        disk.ended().ifPresent(ended -> node.put("ended", ended.toString()));
        disk.fallback().ifPresent(reason -> node.put("fallback", reason));
        return node;
    }

    private static List<BackupJob.Disk> disks(List<JsonNode> nodes) throws IOException {
        var disks = new ArrayList<BackupJob.Disk>();
        for (JsonNode node : nodes) {
            disks.add(new BackupJob.Disk(
                    Json.text(node, "name"),
                    Json.constant(node, "state", JobState.class),
                    Json.optionalText(node, "error"),
                    Json.constant(node, "mode", BackupMode.class),
                    Json.optionalText(node, "incremental"),
                    Json.number(node, "total"),
                    Json.number(node, "processed"),
                    Json.number(node, "tempUsed"),
                    Json.number(node, "tempTotal"),
                    Json.optionalText(node, "exportName"),
                    Json.optionalText(node, "exportBitmap"),
                    Json.optionalText(node, "format"),
                    Json.optionalText(node, "path"),
                    optionalInstant(node, "ended"),
                    Json.optionalText(node, "fallback")));
        }
        return disks;
    }

    private static Optional<Instant> optionalInstant(JsonNode node, String field) throws IOException {
        return Json.has(node, field) ? Optional.of(Json.instant(node, field)) : Optional.empty();
    }

    private static Duration duration(JsonNode node, String field) throws IOException {
        try {
            return Duration.parse(Json.text(node, field));
        } catch (DateTimeException e) {
            throw new IOException("field '%s' is not a duration".formatted(field), e);
        }
    }
}
