package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Objects;

/// Something that happened in QEMU, such as `JOB_STATUS_CHANGE`.
///
/// @param name the event's name in QEMU's schema
/// @param data the event's members; an empty object if it has none. All subscribers share it: do not change
///     it
/// @param time QEMU's wall clock when the event was made
public record QmpEvent(String name, JsonNode data, Instant time) {

    public QmpEvent {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(data, "data is null");
        Objects.requireNonNull(time, "time is null");
    }
}
