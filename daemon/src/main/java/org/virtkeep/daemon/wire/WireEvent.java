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
                        job.type().wireValue(),
                        job.jobId(),
                        job.disk(),
                        job.path(),
                        job.status().wireValue(),
                        job.error());
            case Event.JobCompleted completed -> new What.JobCompleted(WireJob.of(completed.job()));
            case Event.GuestNotice notice -> notice(notice.notice());
            case Event.EventsLost _ -> new What.Lost();
        };
    }

    private static What notice(Event.Notice notice) {
        return switch (notice) {
            case Event.Notice.Rebooted() -> new What.Notice(1, "", "", 0);
            case Event.Notice.AgentChanged(boolean connected) -> new What.Notice(2, "", "", connected ? 1 : 0);
            case Event.Notice.DeviceAdded(String device) -> new What.Notice(3, device, "", 0);
            case Event.Notice.DeviceRemoved(String device) -> new What.Notice(4, device, "", 0);
            case Event.Notice.TrayMoved(String device, boolean open) -> new What.Notice(5, device, "", open ? 1 : 0);
            case Event.Notice.IoError(String device, String path, boolean paused, boolean noSpace) ->
                new What.Notice(6, device, path, (paused ? 1 : 0) | (noSpace ? 2 : 0));
            case Event.Notice.ThresholdExceeded(String device, String path, long threshold, long excess) ->
                new What.Threshold(device, path, threshold, excess);
        };
    }
}
