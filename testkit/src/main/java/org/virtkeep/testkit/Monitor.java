package org.virtkeep.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A QMP connection for tests: raw commands in, raw JSON out. Made for fixtures and for looking at QEMU's state
/// from the side; not the connection that virtkeep itself uses. Thread-safe; one command at a time.
public final class Monitor implements AutoCloseable {

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);
    private static final Duration LISTEN_LIMIT = Duration.ofSeconds(5);
    private static final JsonNode END = Json.object("end", true);

    private final SocketChannel socket;
    private final BlockingQueue<JsonNode> replies = new LinkedBlockingQueue<>();
    private final List<JsonNode> events = new ArrayList<>(); // Guarded by itself.

    /// QEMU said no.
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String command, JsonNode error) {
            super("QEMU refused " + command + ": " + error.path("desc").asText() + " ("
                    + error.path("class").asText() + ")");
        }
    }

    private Monitor(SocketChannel socket) {
        this.socket = socket;
    }

    /// Connects to QEMU's socket and negotiates. The socket must be free: one chardev serves one client.
    public static Monitor connect(Path path) {
        try {
            var monitor = new Monitor(open(path));
            Thread.ofVirtual().name("testkit-monitor-" + path.getFileName()).start(monitor::read);
            try {
                monitor.reply("the greeting");
                monitor.execute("qmp_capabilities");
            } catch (RuntimeException | Error e) {
                monitor.close(); // else it holds the monitor for good
                throw e;
            }
            return monitor;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to QEMU's monitor at " + path, e);
        }
    }

    /// A socket's file is there a moment before the socket listens.
    private static SocketChannel open(Path path) throws IOException {
        long end = System.nanoTime() + LISTEN_LIMIT.toNanos();
        while (true) {
            try {
                return SocketChannel.open(UnixDomainSocketAddress.of(path));
            } catch (ConnectException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /// Runs a command without arguments and gives its `return` value.
    public JsonNode execute(String command) {
        return execute(command, Json.object());
    }

    /// Runs a command and gives its `return` value.
    ///
    /// @throws Refused if QEMU answered with an error
    public synchronized JsonNode execute(String command, ObjectNode arguments) {
        send(Json.object("execute", command, "arguments", arguments).toString());
        JsonNode reply = reply(command);
        if (reply.has("error")) {
            throw new Refused(command, reply.get("error"));
        }
        return reply.get("return");
    }

    /// Runs a line of the human monitor (`human-monitor-command`) and gives what it printed there.
    public String human(String line) {
        return execute("human-monitor-command", Json.object("command-line", line))
                .asText();
    }

    /// All events since the connection was made, oldest first.
    public List<JsonNode> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    /// Waits until an event of this name was seen, at any time since the connection was made, and gives the
    /// first one.
    public JsonNode awaitEvent(String name, Duration limit) {
        Await.until("event " + name, limit, () -> events().stream().anyMatch(event -> isNamed(event, name)));
        return events().stream()
                .filter(event -> isNamed(event, name))
                .findFirst()
                .orElseThrow();
    }

    /// Drops the connection. QEMU goes on.
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isNamed(JsonNode event, String name) {
        return event.path("event").asText().equals(name);
    }

    private void send(String line) {
        var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                socket.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("QEMU's monitor is gone", e);
        }
    }

    private JsonNode reply(String what) {
        try {
            JsonNode reply = replies.poll(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (reply == null) {
                throw new AssertionError("QEMU did not answer " + what + " within " + COMMAND_LIMIT);
            }
            if (reply == END) {
                replies.add(END);
                throw new UncheckedIOException(new IOException("QEMU hung up instead of answering " + what));
            }
            return reply;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the answer to " + what, e);
        }
    }

    private void read() {
        try (var lines = new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode message = Json.parse(line);
                if (message.has("event")) {
                    synchronized (events) {
                        events.add(message);
                    }
                } else {
                    replies.add(message);
                }
            }
        } catch (IOException | UncheckedIOException _) {
            // closed by us or by QEMU: the waiting command says so
        } finally {
            replies.add(END);
        }
    }
}
