package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Plays a monitor: listens on a unix socket and runs a script against each client, one after the other.
final class ScriptedPeer implements AutoCloseable {

    static final String GREETING = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7},"
            + " \"package\": \"Debian 1:7.2\"}, \"capabilities\": [\"oob\"]}}";

    /// What the peer does with one client. An [IOException] ends it quietly: the client may close at any
    /// time.
    @FunctionalInterface
    interface Script {
        void run(Client client) throws IOException;
    }

    private final Path socket;
    private final ServerSocketChannel server;
    private final Script script;
    private final Thread thread;

    // Guarded by this.
    private final List<SocketChannel> clients = new ArrayList<>();
    private Throwable failure;

    private ScriptedPeer(Path socket, ServerSocketChannel server, Script script) {
        this.socket = socket;
        this.server = server;
        this.script = script;
        this.thread = Thread.ofVirtual().name("scripted-peer").unstarted(this::serve);
    }

    static ScriptedPeer start(Path directory, Script script) throws IOException {
        Path socket = directory.resolve("monitor.sock");
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        var peer = new ScriptedPeer(socket, server, script);
        peer.thread.start();
        return peer;
    }

    Path socket() {
        return socket;
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                synchronized (this) {
                    clients.add(channel);
                }
                serve(channel);
            }
        } catch (IOException e) {
            // closed by the test
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            script.run(new Client(channel));
        } catch (IOException e) {
            // the client went away, or the test is over
        }
    }

    /// Ends the script, and fails if it failed.
    @Override
    public void close() throws IOException {
        server.close();
        synchronized (this) {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Files.deleteIfExists(socket);
        synchronized (this) {
            if (failure != null) {
                throw new AssertionError("the scripted peer failed", failure);
            }
        }
    }

    /// One client, seen from the peer.
    static final class Client {
        private final SocketChannel channel;
        private final BufferedReader lines;

        Client(SocketChannel channel) {
            this.channel = channel;
            this.lines =
                    new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        void send(byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        void sendLine(String text) throws IOException {
            send(text + "\r\n");
        }

        Optional<ObjectNode> readCommand() throws IOException {
            String line = lines.readLine();
            return line == null ? Optional.empty() : Optional.of(parse(line));
        }

        /// The next command; the client closing instead ends the script.
        ObjectNode command() throws IOException {
            return readCommand().orElseThrow(() -> new IOException("the client closed"));
        }

        /// The next command, which must have this name.
        ObjectNode command(String name) throws IOException {
            ObjectNode command = command();
            if (!command.path("execute").asText().equals(name)) {
                throw new IllegalStateException("wanted " + name + ", got " + command);
            }
            return command;
        }

        void reply(JsonNode command, String result) throws IOException {
            sendLine("{\"return\": %s, \"id\": %s}".formatted(result, command.get("id")));
        }

        void refuse(JsonNode command, String description) throws IOException {
            sendLine("{\"id\": %s, \"error\": {\"class\": \"GenericError\", \"desc\": \"%s\"}}"
                    .formatted(command.get("id"), description));
        }

        void event(String name, String data) throws IOException {
            sendLine(
                    "{\"timestamp\": {\"seconds\": 1700000000, \"microseconds\": 123456}, \"event\": \"%s\", \"data\": %s}"
                            .formatted(name, data));
        }

        void greetAndNegotiate() throws IOException {
            sendLine(GREETING);
            reply(command("qmp_capabilities"), "{}");
        }

        /// Answers every command with `result` until the client closes.
        void answerAll(String result) throws IOException {
            while (true) {
                reply(command(), result);
            }
        }

        /// Waits until the client closes.
        void awaitEnd() throws IOException {
            while (readCommand().isPresent()) {
                // read on
            }
        }

        private static ObjectNode parse(String line) {
            try {
                return (ObjectNode) Json.parse(line.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException("the client sent what is not JSON: " + line, e);
            }
        }
    }
}
