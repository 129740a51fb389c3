package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.virtkeep.json.JsonText;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.Json;

/// A conversation with the guest's agent (`qemu-ga`) over its channel's unix socket. Confined to one
/// thread.
///
/// The agent may be absent, slow or frozen, and answers to questions of an earlier client may still
/// lie in the channel, so every conversation begins with a synchronisation (`guest-sync-delimited`).
public final class GuestAgent implements AutoCloseable {

    /// The byte that tells the agent to forget what it was parsing, and that precedes its answer to a
    /// synchronisation.
    private static final byte DELIMITER = (byte) 0xff;

    /// More than any answer that is asked for here has; a guest that sends more is not believed.
    private static final int ANSWER_LIMIT_BYTES = 1 << 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(64 << 10).flip();

    private GuestAgent(SocketChannel channel, Selector selector) {
        this.channel = channel;
        this.selector = selector;
    }

    /// Connects and synchronises.
    ///
    /// @throws IOException if nobody listens on the socket, or the agent does not answer in time
    public static GuestAgent connect(Path socket, Deadline deadline) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            var selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            var agent = new GuestAgent(channel, selector);
            try {
                agent.synchronise(deadline);
                return agent;
            } catch (IOException e) {
                agent.close();
                throw e;
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// Freezes all file systems of the guest that can be frozen (`guest-fsfreeze-freeze`).
    ///
    /// @return how many were frozen
    /// @throws IOException if the agent refused or did not answer; the guest may be frozen then, so
    ///     thaw it
    public int freeze(Deadline deadline) throws IOException {
        return call("guest-fsfreeze-freeze", deadline).asInt();
    }

    /// Thaws all file systems (`guest-fsfreeze-thaw`). Harmless if none is frozen.
    ///
    /// @return how many were thawed
    public int thaw(Deadline deadline) throws IOException {
        return call("guest-fsfreeze-thaw", deadline).asInt();
    }

    private void synchronise(Deadline deadline) throws IOException {
        int token = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        var message = new ByteArrayOutputStream();
        message.write(DELIMITER);
        message.writeBytes("{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":%d}}\n"
                .formatted(token)
                .getBytes(StandardCharsets.UTF_8));
        send(message.toByteArray(), deadline);
        do {
            skipTo(DELIMITER, deadline);
        } while (JsonText.USUAL.read(line(deadline)).path("return").asInt() != token);
    }

    private JsonNode call(String command, Deadline deadline) throws IOException {
        return call(command, Json.object(), deadline);
    }

    /// Sends a command and waits for its answer.
    ///
    /// @return the answer's member `return`
    /// @throws Refused if the agent answers with an error; it can be asked again
    public JsonNode call(String command, ObjectNode arguments, Deadline deadline) throws IOException {
        ObjectNode message = Json.object().put("execute", command);
        if (!arguments.isEmpty()) {
            message.set("arguments", arguments);
        }
        JsonNode answer = exchange(message, deadline);
        if (answer.has("error")) {
            throw new Refused(
                    command,
                    answer.at("/error/class").asText(),
                    answer.at("/error/desc").asText());
        }
        return answer.path("return");
    }

    /// Sends a message and returns the whole answer, whatever it is.
    public JsonNode exchange(JsonNode message, Deadline deadline) throws IOException {
        sendLine(message, deadline);
        return JsonText.USUAL.read(line(deadline));
    }

    /// Sends a command that the agent answers only if it fails, such as the one that ends the guest.
    public void tell(String command, ObjectNode arguments, Deadline deadline) throws IOException {
        ObjectNode message = Json.object().put("execute", command);
        message.set("arguments", arguments);
        sendLine(message, deadline);
    }

    /// The agent understood a command and refused it.
    public static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private final String errorClass;
        private final String description;

        Refused(String command, String errorClass, String description) {
            super("the guest agent refused %s: %s".formatted(command, description));
            this.errorClass = errorClass;
            this.description = description;
        }

        /// True if the agent has no such command, or was told not to serve it.
        public boolean isUnknownCommand() {
            return errorClass.equals("CommandNotFound");
        }

        /// The agent's own words.
        public String description() {
            return description;
        }
    }

    private void sendLine(JsonNode message, Deadline deadline) throws IOException {
        send((JsonText.USUAL.line(message) + "\n").getBytes(StandardCharsets.UTF_8), deadline);
    }

    private void send(byte[] message, Deadline deadline) throws IOException {
        var buffer = ByteBuffer.wrap(message);
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private byte[] line(Deadline deadline) throws IOException {
        var line = new ByteArrayOutputStream();
        for (byte next = read(deadline); next != '\n'; next = read(deadline)) {
            if (line.size() == ANSWER_LIMIT_BYTES) {
                throw new IOException(
                        "the guest agent sent more than %d bytes without an end of line".formatted(ANSWER_LIMIT_BYTES));
            }
            line.write(next);
        }
        return line.toByteArray();
    }

    private void skipTo(byte wanted, Deadline deadline) throws IOException {
        while (read(deadline) != wanted) {}
    }

    private byte read(Deadline deadline) throws IOException {
        while (!received.hasRemaining()) {
            await(SelectionKey.OP_READ, deadline);
            received.clear();
            int count = channel.read(received);
            received.flip();
            if (count < 0) {
                throw new IOException("the guest agent's channel was closed");
            }
        }
        return received.get();
    }

    private void await(int operation, Deadline deadline) throws IOException {
        channel.keyFor(selector).interestOps(operation);
        long millis = deadline.remaining().toMillis();
        if (millis == 0 || selector.select(millis) == 0) {
            throw new IOException("the guest agent did not answer within %d ms; is it running in the guest?"
                    .formatted(deadline.limit().toMillis()));
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
