package org.virtkeep.qemu.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.BlockJob;
import org.virtkeep.api.Event.BlockJobStatus;
import org.virtkeep.api.Event.EventsLost;
import org.virtkeep.api.Event.GuestNotice;
import org.virtkeep.api.Event.JobCompleted;
import org.virtkeep.api.Event.Lifecycle;
import org.virtkeep.api.Event.LifecycleType;

/// [Event] as one line of JSON, the sequence number first. Stateless.
final class EventJson {
    private EventJson() {}

    static ObjectNode toJson(Event event) {
        ObjectNode node = Json.object()
                .put("sequence", event.sequence())
                .put("time", event.time().toString())
                .put("domain", event.domain());
        switch (event) {
            case Lifecycle lifecycle ->
                node.put("kind", "lifecycle")
                        .put("type", lifecycle.type().name())
                        .put("detail", lifecycle.detail());
            case BlockJob job -> {
                node.put("kind", "block-job")
                        .put("type", job.type().name())
                        .put("jobId", job.jobId())
                        .put("disk", job.disk())
                        .put("path", job.path())
                        .put("status", job.status().name());
                job.error().ifPresent(error -> node.put("error", error));
            }
            case JobCompleted completed ->
                node.put("kind", "job-completed").set("job", BackupJobJson.toJson(completed.job()));
            case GuestNotice told -> NoticeJson.put(node.put("kind", "notice"), told.notice());
            case EventsLost _ -> throw new IllegalArgumentException("lost events are not recorded");
        }
        return node;
    }

    /// @throws IOException naming what is missing or wrong
    static Event fromJson(JsonNode node) throws IOException {
        long sequence = Json.number(node, "sequence");
        Instant time = Json.instant(node, "time");
        String domain = Json.text(node, "domain");
        String kind = Json.text(node, "kind");
        return switch (kind) {
            case "lifecycle" ->
                new Lifecycle(
                        sequence,
                        time,
                        domain,
                        Json.constant(node, "type", LifecycleType.class),
                        Json.text(node, "detail"));
            case "block-job" ->
                new BlockJob(
                        sequence,
                        time,
                        domain,
                        Json.has(node, "type") ? Json.constant(node, "type", BlockJobType.class) : BlockJobType.BACKUP,
                        Json.integer(node, "jobId"),
                        Json.text(node, "disk"),
                        Json.text(node, "path"),
                        Json.constant(node, "status", BlockJobStatus.class),
                        Json.optionalText(node, "error"));
            case "job-completed" -> new JobCompleted(sequence, time, domain, BackupJobJson.fromJson(node.path("job")));
            case "notice" -> new GuestNotice(sequence, time, domain, NoticeJson.read(node));
            default -> throw new IOException("unknown kind of event '%s'".formatted(kind));
        };
    }
}
