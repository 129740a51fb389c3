package org.virtkeep.cli;

import org.virtkeep.api.Event.Notice;

/// What QEMU told, in words or in members of JSON.
final class NoticeView {
    private NoticeView() {}

    static String text(Notice notice) {
        return switch (notice) {
            case Notice.Rebooted() -> "";
            case Notice.AgentChanged(boolean connected) -> connected ? "connected" : "disconnected";
            case Notice.DeviceAdded(String device) -> device;
            case Notice.DeviceRemoved(String device) -> device;
            case Notice.TrayMoved(String device, boolean open) -> device + (open ? " opened" : " closed");
            case Notice.IoError(String device, String path, boolean paused, boolean noSpace) ->
                "disk %s (%s)%s, the guest %s"
                        .formatted(device, path, noSpace ? ": no space" : "", paused ? "was paused" : "was told of it");
            case Notice.ThresholdExceeded(String device, String path, long threshold, long excess) ->
                "disk %s (%s): threshold %d exceeded by %d bytes".formatted(device, path, threshold, excess);
        };
    }

    static JsonObject json(JsonObject json, Notice notice) {
        return switch (notice) {
            case Notice.Rebooted() -> json;
            case Notice.AgentChanged(boolean connected) -> json.put("connected", connected);
            case Notice.DeviceAdded(String device) -> json.put("device", device);
            case Notice.DeviceRemoved(String device) -> json.put("device", device);
            case Notice.TrayMoved(String device, boolean open) ->
                json.put("device", device).put("open", open);
            case Notice.IoError(String device, String path, boolean paused, boolean noSpace) ->
                json.put("device", device)
                        .put("path", path)
                        .put("paused", paused)
                        .put("noSpace", noSpace);
            case Notice.ThresholdExceeded(String device, String path, long threshold, long excess) ->
                json.put("device", device)
                        .put("path", path)
                        .put("threshold", threshold)
                        .put("excess", excess);
        };
    }
}
