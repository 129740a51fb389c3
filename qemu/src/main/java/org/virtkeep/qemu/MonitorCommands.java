package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.virtkeep.json.JsonText;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.Json;
import org.virtkeep.qmp.AnyCommand;
import org.virtkeep.qmp.HumanMonitorCommand;
import org.virtkeep.qmp.QmpException;

/// Commands that a user sends to QEMU's monitor. Stateless.
final class MonitorCommands {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private MonitorCommands() {}

    /// @throws VirtException see [org.virtkeep.api.Domain#monitorCommand]
    static String run(DomainSession session, String command, boolean human) {
        session.requireActive(ErrorCode.OPERATION_INVALID);
        return human ? session.execute(new HumanMonitorCommand(command)) : machine(session, parse(command));
    }

    /// False for what only asks (QMP's commands whose names begin with `query-`, and `info` of the human monitor), or
    /// is no command.
    static boolean mayChange(String command, boolean human) {
        if (human) {
            return !command.strip().startsWith("info ");
        }
        try {
            return !parse(command).path("execute").asText().startsWith("query-");
        } catch (VirtException _) {
            return false; // is not sent
        }
    }

    private static JsonNode parse(String command) {
        try {
            JsonNode message = Json.parse("monitor command", command.getBytes(StandardCharsets.UTF_8));
            if (message.path("execute").isTextual()
                    && (message.path("arguments").isObject() || !message.has("arguments"))) {
                return message;
            }
        } catch (IOException e) {
            throw VirtException.qemu(
                    ErrorCode.INTERNAL_ERROR, "cannot parse json '%s': %s".formatted(command, e.getMessage()), e);
        }
        throw VirtException.qemu(
                ErrorCode.INVALID_ARG, "a monitor command is an object with 'execute', and perhaps 'arguments'");
    }

    private static String machine(DomainSession session, JsonNode message) {
        ObjectNode arguments = message.has("arguments") ? (ObjectNode) message.get("arguments") : Json.object();
        ObjectNode answer = Json.object();
        try {
            var command = new AnyCommand(message.path("execute").asText(), arguments);
            answer.set("return", session.monitor().execute(command, Deadline.in(LIMIT)));
        } catch (QmpException.Refused e) {
            answer.putObject("error").put("class", e.errorClass()).put("desc", e.description());
        } catch (QmpException e) {
            throw session.failure(e);
        } catch (IllegalArgumentException e) {
            throw VirtException.qemu(ErrorCode.INVALID_ARG, "QEMU would not understand: " + e.getMessage(), e);
        }
        if (message.has("id")) {
            answer.set("id", message.get("id"));
        }
        return JsonText.USUAL.line(answer);
    }
}
