package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/// How a call ended.
sealed interface Reply {

    record Result(JsonNode value) implements Reply {}

    record Error(String errorClass, String description) implements Reply {}

    /// The session was lost before the answer came.
    record Lost(QmpException cause) implements Reply {}

    /// The answer in few words, for a message about an answer that fits nowhere.
    default String summary() {
        return switch (this) {
            case Result _ -> "a result";
            case Error(String _, String description) -> description;
            case Lost(QmpException cause) -> cause.getMessage();
        };
    }
}
