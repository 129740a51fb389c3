package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Optional;

/// Reads what a monitor sends, in the order in which QMP allows it: [#readGreeting], [#skipLeftovers],
/// [#serve]. Confined to the reader thread.
///
/// All methods end with [QmpException.Disconnected] when the monitor closes, [QmpException.Protocol] when it
/// sends what it may not, and another [IOException] when the channel fails.
final class IncomingTraffic {
    private final Path socket;
    private final MessageReader messages;
    private final PendingCalls calls;
    private final EventHub events;

    IncomingTraffic(Path socket, ReadableByteChannel channel, PendingCalls calls, EventHub events) {
        this.socket = socket;
        this.messages = new MessageReader(channel, Json.MAX_MESSAGE_BYTES);
        this.calls = calls;
        this.events = events;
    }

    /// Reads up to the greeting. Rarely, QEMU sends what it still had for the client before us first.
    QmpGreeting readGreeting() throws IOException {
        while (true) {
            if (next() instanceof ServerMessage.Greeting(QmpGreeting greeting)) {
                return greeting;
            }
        }
    }

    /// Reads up to the answer to `qmp_capabilities`. When the client before us went away during a command, QEMU
    /// gives us the answer (QEMU 7.2 in half of the tries). It answers in order, so this can only come before.
    void skipLeftovers(long negotiationId) throws IOException {
        Optional<Long> ours = Optional.of(negotiationId);
        while (true) {
            ServerMessage message = next();
            boolean answer = message instanceof ServerMessage.Answer;
            boolean last = message instanceof ServerMessage.Answer(Optional<Long> id, Reply _) && id.equals(ours);
            if (last || !answer) {
                dispatch(message);
            }
            if (last) {
                return;
            }
        }
    }

    /// Hands answers to their calls and events to their subscribers; never returns.
    void serve() throws IOException {
        while (true) {
            dispatch(next());
        }
    }

    private ServerMessage next() throws IOException {
        Optional<JsonNode> message = messages.next();
        if (message.isEmpty()) {
            throw new QmpException.Disconnected("QEMU closed monitor '%s'".formatted(socket));
        }
        return ServerMessage.from(message.get());
    }

    private void dispatch(ServerMessage message) throws QmpException.Protocol {
        switch (message) {
            case ServerMessage.Answer(Optional<Long> id, Reply reply) -> {
                if (id.isEmpty() || !calls.complete(id.get(), reply)) {
                    throw new QmpException.Protocol(
                            "monitor '%s' answered a call that was not made: %s".formatted(socket, reply.summary()));
                }
            }
            case ServerMessage.Event(QmpEvent event) -> events.publish(event);
            case ServerMessage.Greeting _ ->
                throw new QmpException.Protocol("monitor '%s' greeted twice".formatted(socket));
        }
    }
}
