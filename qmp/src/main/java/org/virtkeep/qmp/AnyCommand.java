package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// A command that a user made, whatever it is; its reply is handed on as it is.
public record AnyCommand(String name, ObjectNode arguments) implements QmpCommand<JsonNode> {
    public AnyCommand {
        arguments = arguments.deepCopy();
    }

    /// Made anew for each call.
    @Override
    public ObjectNode arguments() {
        return arguments.deepCopy();
    }

    @Override
    public JsonNode decode(JsonNode result) {
        return result;
    }
}
