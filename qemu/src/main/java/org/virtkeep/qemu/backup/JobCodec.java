package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.StorageKind;
import org.virtkeep.qemu.state.Json;
import org.virtkeep.qemu.state.ProcessIdentity;

/// How a [JobRecord] is laid out in its file (`docs/formats/state.md`). Stateless.
final class JobCodec {
    private JobCodec() {}

    static ObjectNode write(JobRecord job) {
        ObjectNode node = Json.object()
                .put("format", job.format())
                .put("id", job.id())
                .put("push", job.push())
                .put("phase", job.phase().name())
                .put("run", job.run())
                .put("request", job.request())
                .put("started", job.started().toString())
                .put("acknowledged", job.acknowledged())
                .put("idleSeconds", job.idleSeconds());
        job.access().tls().ifPresent(folder -> node.put("tls", folder));
        job.access().group().ifPresent(group -> node.put("group", group));
        job.checkpoint().ifPresent(name -> node.put("checkpoint", name));
        job.keeper().ifPresent(keeper -> node.set("keeper", keeper.toJson()));
        job.ended().ifPresent(instant -> node.put("ended", instant.toString()));
        job.outcome().ifPresent(outcome -> node.put("outcome", outcome.name()));
        job.error().ifPresent(error -> node.put("error", error));
        if (!job.flags().isEmpty()) {
            var flags = node.putArray("flags");
            job.flags().stream().sorted().forEach(flag -> flags.add(flag.name()));
        }
        var disks = node.putArray("disks");
        job.disks().forEach(disk -> disks.add(write(disk)));
        return node;
    }

    private static ObjectNode write(DiskRecord disk) {
        ObjectNode node = Json.object()
                .put("name", disk.name())
                .put("index", disk.index())
                .put("node", disk.node())
                .put("source", disk.source())
                .put("size", disk.size())
                .put("mode", disk.mode().name())
                .put("format", disk.format())
                .put("kind", disk.kind().name())
                .put("path", disk.path())
                .put("reused", disk.reused())
                .put("made", disk.made())
                .put("total", disk.total())
                .put("processed", disk.processed())
                .put("tempUsed", disk.tempUsed())
                .put("state", disk.state().name());
        disk.since().ifPresent(name -> node.put("since", name));
        disk.fleecing().ifPresent(path -> node.put("fleecing", path));
        disk.error().ifPresent(error -> node.put("error", error));
        disk.ended().ifPresent(instant -> node.put("ended", instant.toString()));
        disk.fallback().ifPresent(reason -> node.put("fallback", reason));
        return node;
    }

    /// @throws IOException if a field is missing or wrong, or the record is from a newer version
    static JobRecord read(JsonNode node) throws IOException {
        int format = Json.integer(node, "format");
        if (format != JobRecord.FORMAT) {
            throw new IOException(
                    "job record has format %d, this program knows %d".formatted(format, JobRecord.FORMAT));
        }
        List<DiskRecord> disks = new ArrayList<>();
        for (JsonNode disk : Json.elements(node, "disks")) {
            disks.add(readDisk(disk));
        }
        return new JobRecord(
                format,
                Json.integer(node, "id"),
                Json.flag(node, "push"),
                Json.constant(node, "phase", JobRecord.Phase.class),
                Json.integer(node, "run"),
                Json.text(node, "request"),
                Json.optionalText(node, "checkpoint"),
                Json.has(node, "keeper")
                        ? Optional.of(ProcessIdentity.fromJson(node.path("keeper")))
                        : Optional.empty(),
                Json.instant(node, "started"),
                Json.optionalText(node, "ended").map(Instant::parse),
                Json.optionalText(node, "outcome").map(JobState::valueOf),
                Json.optionalText(node, "error"),
                Json.flag(node, "acknowledged"),
                Json.number(node, "idleSeconds"),
                new PullAccess(Json.optionalText(node, "tls"), Json.optionalText(node, "group")),
                flags(node),
                disks);
    }

    /// Records from before there were flags have none.
    private static Set<BackupBeginFlag> flags(JsonNode node) throws IOException {
        var flags = EnumSet.noneOf(BackupBeginFlag.class);
        try {
            node.path("flags").forEach(flag -> flags.add(BackupBeginFlag.valueOf(flag.asText())));
        } catch (IllegalArgumentException e) {
            throw new IOException("field 'flags' has a value that this program does not know", e);
        }
        return flags;
    }

    private static DiskRecord readDisk(JsonNode node) throws IOException {
        return new DiskRecord(
                Json.text(node, "name"),
                Json.integer(node, "index"),
                Json.text(node, "node"),
                Json.text(node, "source"),
                Json.number(node, "size"),
                Json.constant(node, "mode", BackupMode.class),
                Json.optionalText(node, "since"),
                Json.text(node, "format"),
                Json.constant(node, "kind", StorageKind.class),
                Json.text(node, "path"),
                Json.flag(node, "reused"),
                Json.flag(node, "made"),
                Json.optionalText(node, "fleecing"),
                Json.number(node, "total"),
                Json.number(node, "processed"),
                Json.number(node, "tempUsed"),
                Json.constant(node, "state", JobState.class),
                Json.optionalText(node, "error"),
                Json.optionalText(node, "ended").map(Instant::parse),
                Json.optionalText(node, "fallback"));
    }
}
