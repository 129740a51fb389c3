package org.virtkeep.daemon.wire;

import org.virtkeep.api.Event;
import org.virtkeep.rpc.RecordMessages;
import org.virtkeep.rpc.RecordMessages.What;

/// An event as virtkeep's own program tells it. Stateless.
public final class WireEvent {
    private WireEvent() {}

    public static RecordMessages.Event of(Event event) {
        return new RecordMessages.Event(event.sequence(), event.time().toEpochMilli(), event.domain(), what(event));
    }

    private static What what(Event event) {
        return switch (event) {
            case Event.Lifecycle lifecycle ->
                new What.Lifecycle(lifecycle.type().wireValue(), lifecycle.detail());
            case Event.BlockJob job ->
                new What.BlockJob(
                        job.jobId(), job.disk(), job.path(), job.status().wireValue(), job.error());
            case Event.JobCompleted completed -> new What.JobCompleted(WireJob.of(completed.job()));
            case Event.EventsLost _ -> new What.Lost();
        };
    }
}
