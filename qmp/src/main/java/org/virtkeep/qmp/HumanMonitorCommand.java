package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// `human-monitor-command` (qapi/misc.json, since 0.14): runs a line of QEMU's monitor for people. Its output
/// is not made for programs; some commands print elsewhere and reply with nothing.
public record HumanMonitorCommand(String commandLine) implements QmpCommand<String> {

    @Override
    public String name() {
        return "human-monitor-command";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("command-line", commandLine);
    }

    @Override
    public String decode(JsonNode result) throws QmpException.Protocol {
        if (!result.isTextual()) {
            throw new QmpException.Protocol("'return' is not a string");
        }
        return result.textValue();
    }
}
