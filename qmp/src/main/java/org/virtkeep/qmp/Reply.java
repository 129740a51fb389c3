package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/// How a call ended.
sealed interface Reply {

    record Result(JsonNode value) implements Reply {}

    record Error(String errorClass, String description) implements Reply {}

    /// The session was lost before the answer came.
    record Lost(QmpException cause) implements Reply {}
}
