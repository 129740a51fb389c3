package org.virtkeep.qemu.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.virtkeep.api.Event.Notice;

/// [Notice] as members of an event's line. Stateless.
final class NoticeJson {
    private NoticeJson() {}

    static void put(ObjectNode node, Notice notice) {
        switch (notice) {
            case Notice.Rebooted() -> node.put("notice", "rebooted");
            case Notice.AgentChanged(boolean connected) ->
                node.put("notice", "agent").put("connected", connected);
            case Notice.DeviceAdded(String device) ->
                node.put("notice", "device-added").put("device", device);
            case Notice.DeviceRemoved(String device) ->
                node.put("notice", "device-removed").put("device", device);
            case Notice.TrayMoved(String device, boolean open) ->
                node.put("notice", "tray").put("device", device).put("open", open);
            case Notice.IoError(String device, String path, boolean paused, boolean noSpace) ->
                node.put("notice", "io-error")
                        .put("device", device)
                        .put("path", path)
                        .put("paused", paused)
                        .put("noSpace", noSpace);
            case Notice.ThresholdExceeded(String device, String path, long threshold, long excess) ->
                node.put("notice", "threshold")
                        .put("device", device)
                        .put("path", path)
                        .put("threshold", threshold)
                        .put("excess", excess);
        }
    }

    /// @throws IOException naming what is missing or wrong
    static Notice read(JsonNode node) throws IOException {
        String notice = Json.text(node, "notice");
        return switch (notice) {
            case "rebooted" -> new Notice.Rebooted();
            case "agent" -> new Notice.AgentChanged(node.path("connected").asBoolean());
            case "device-added" -> new Notice.DeviceAdded(Json.text(node, "device"));
            case "device-removed" -> new Notice.DeviceRemoved(Json.text(node, "device"));
            case "tray" ->
                new Notice.TrayMoved(
                        Json.text(node, "device"), node.path("open").asBoolean());
            case "io-error" ->
                new Notice.IoError(
                        Json.text(node, "device"),
                        Json.text(node, "path"),
                        node.path("paused").asBoolean(),
                        node.path("noSpace").asBoolean());
            case "threshold" ->
                new Notice.ThresholdExceeded(
                        Json.text(node, "device"),
                        Json.text(node, "path"),
                        Json.number(node, "threshold"),
                        Json.number(node, "excess"));
            default -> throw new IOException("unknown notice '%s'".formatted(notice));
        };
    }
}
