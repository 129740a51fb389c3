package org.virtkeep.cli;

import java.util.Locale;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.Event;

/// An event in a line of text or of JSON.
final class EventView {
    private EventView() {}

    static String text(Event event) {
        return switch (event) {
            case Event.Lifecycle lifecycle ->
                about(lifecycle, EventKind.LIFECYCLE)
                        + (word(lifecycle.type()) + " " + lifecycle.detail()).stripTrailing();
            case Event.BlockJob block ->
                about(block, EventKind.BLOCK_JOB)
                        + "%s, disk %s (%s) %s".formatted(job(block), block.disk(), block.path(), word(block.status()))
                        + block.error().map(error -> ": " + error).orElse("");
            case Event.JobCompleted completed -> about(completed, EventKind.JOB_COMPLETED) + ended(completed.job());
            case Event.GuestNotice told ->
                (about(told, EventKind.of(told.notice())) + NoticeView.text(told.notice())).stripTrailing();
            case Event.EventsLost _ -> "events were lost before this one: nobody read them in time";
        };
    }

    /// Such as `backup job 3` or `active commit`.
    private static String job(Event.BlockJob block) {
        return block.type() == BlockJobType.BACKUP ? "backup job " + block.jobId() : BlockJobWords.of(block.type());
    }

    static JsonObject json(Event event) {
        JsonObject json = new JsonObject().put("sequence", event.sequence()).put("time", event.time());
        return switch (event) {
            case Event.Lifecycle lifecycle ->
                named(json, EventKind.LIFECYCLE, event)
                        .put("type", word(lifecycle.type()))
                        .put("typeCode", lifecycle.type().wireValue())
                        .put("detail", lifecycle.detail());
            case Event.BlockJob block ->
                named(json, EventKind.BLOCK_JOB, event)
                        .put("id", block.jobId())
                        .put("disk", block.disk())
                        .put("path", block.path())
                        .put("type", block.type().wireValue())
                        .put("status", word(block.status()))
                        .put("statusCode", block.status().wireValue())
                        .putText("error", block.error());
            case Event.JobCompleted completed ->
                named(json, EventKind.JOB_COMPLETED, event).put("job", JobJson.of(completed.domain(), completed.job()));
            case Event.GuestNotice told ->
                NoticeView.json(named(json, EventKind.of(told.notice()), event), told.notice());
            case Event.EventsLost _ -> json.put("event", "events-lost").putNull("domain");
        };
    }

    private static JsonObject named(JsonObject json, EventKind kind, Event event) {
        return json.put("event", kind.label()).put("domain", event.domain());
    }

    private static String about(Event event, EventKind kind) {
        return "event '%s' for domain '%s': ".formatted(kind.label(), event.domain());
    }

    private static String ended(BackupJob job) {
        return "backup job %d %s, %s in %s%s"
                .formatted(
                        job.id(),
                        JobView.word(job.state()),
                        Humane.size(job.processed()),
                        Humane.duration(job.elapsed()),
                        JobView.reason(job).map(reason -> ": " + reason).orElse(""));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
