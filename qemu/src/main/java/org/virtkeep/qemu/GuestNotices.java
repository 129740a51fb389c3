package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.virtkeep.api.Event.Notice;
import org.virtkeep.qmp.QmpEvent;

/// QEMU's events that are told as they are. What changes a domain's state is not among them. Stateless.
final class GuestNotices {
    /// The port's id in our command line.
    private static final String AGENT_PORT = "channel0";

    private GuestNotices() {}

    /// @param target finds the disk that a device or node belongs to
    /// @param source finds a disk's image
    static Optional<Notice> of(
            QmpEvent event, Function<String, Optional<String>> target, UnaryOperator<String> source) {
        JsonNode data = event.data();
        return switch (event.name()) {
            case "RESET" -> Optional.of(new Notice.Rebooted());
            case "VSERPORT_CHANGE" ->
                Optional.of(data.path("id").asText())
                        .filter(AGENT_PORT::equals)
                        .map(_ -> new Notice.AgentChanged(data.path("open").asBoolean()));
            case "DEVICE_DELETED" -> named(data, "device").map(Notice.DeviceRemoved::new);
            case "DEVICE_TRAY_MOVED" ->
                named(data, "id")
                        .map(id -> new Notice.TrayMoved(
                                target.apply(id).orElse(id),
                                data.path("tray-open").asBoolean()));
            case "BLOCK_IO_ERROR" -> named(data, "node-name").flatMap(target).map(disk -> ioError(data, disk, source));
            case "BLOCK_WRITE_THRESHOLD" ->
                named(data, "node-name")
                        .flatMap(target)
                        .map(disk -> new Notice.ThresholdExceeded(
                                disk,
                                source.apply(disk),
                                data.path("write-threshold").asLong(),
                                data.path("amount-exceeded").asLong()));
            default -> Optional.empty();
        };
    }

    private static Optional<String> named(JsonNode data, String member) {
        return Optional.of(data.path(member).asText()).filter(text -> !text.isEmpty());
    }

    private static Notice ioError(JsonNode data, String disk, UnaryOperator<String> source) {
        return new Notice.IoError(
                disk,
                source.apply(disk),
                data.path("action").asText().equals("stop"),
                data.path("nospace").asBoolean());
    }
}
