package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// One message from QEMU, by its kind (QEMU's QMP specification, sections "Server Greeting" to "Asynchronous
/// events").
sealed interface ServerMessage {

    /// The first message of a session.
    record Greeting(QmpGreeting greeting) implements ServerMessage {}

    /// The answer to the call with this id; without an id it answers nothing that we could have sent.
    record Answer(Optional<Long> id, Reply reply) implements ServerMessage {}

    record Event(QmpEvent event) implements ServerMessage {}

    /// @throws QmpException.Protocol if `message` is of no known kind
    static ServerMessage from(JsonNode message) throws QmpException.Protocol {
        JsonObject object = JsonObject.of(message, "message");
        if (object.has("event")) {
            return new Event(event(object));
        }
        if (message.has("return")) {
            return new Answer(id(object), new Reply.Result(message.get("return")));
        }
        if (object.has("error")) {
            return failure(object);
        }
        if (object.has("QMP")) {
            return new Greeting(QmpGreeting.from(object.object("QMP")));
        }
        throw new QmpException.Protocol("the monitor sent a message that is no greeting, reply or event");
    }

    private static ServerMessage failure(JsonObject message) throws QmpException.Protocol {
        JsonObject error = message.object("error");
        return new Answer(id(message), new Reply.Error(error.text("class"), error.text("desc")));
    }

    private static Optional<Long> id(JsonObject message) {
        JsonNode id = message.node().path("id");
        return id.isIntegralNumber() && id.canConvertToLong() ? Optional.of(id.longValue()) : Optional.empty();
    }

    private static QmpEvent event(JsonObject message) throws QmpException.Protocol {
        JsonNode data = message.has("data") ? message.object("data").node() : Json.object();
        return new QmpEvent(message.text("event"), data, time(message));
    }

    private static Instant time(JsonObject message) throws QmpException.Protocol {
        JsonObject timestamp = message.object("timestamp");
        try {
            return Instant.ofEpochSecond(timestamp.number("seconds"))
                    .plus(timestamp.number("microseconds"), ChronoUnit.MICROS);
        } catch (DateTimeException | ArithmeticException _) {
            throw message.wrong("timestamp", "a point in time");
        }
    }
}
