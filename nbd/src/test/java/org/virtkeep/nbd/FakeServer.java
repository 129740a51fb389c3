package org.virtkeep.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.virtkeep.model.NbdAddress;

/// A server for one client that says what a test tells it, true or not.
final class FakeServer implements AutoCloseable {
    /// What the server does once somebody has connected.
    interface Script {
        void run(RawPeer client) throws IOException;
    }

    static final String GREETING = "4e42444d41474943 49484156454f5054 0003";
    static final String ACK_STRUCTURED = "0003e889045565a9 00000008 00000001 00000000";

    private final ServerSocketChannel listener;
    private final Path path;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private FakeServer(Path path, Script script) throws IOException {
        this.path = path;
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        Thread.ofPlatform().name("fake-server").daemon().start(() -> run(script));
    }

    static FakeServer start(Path directory, Script script) throws IOException {
        return new FakeServer(directory.resolve("fake"), script);
    }

    /// Greets, agrees to structured replies, offers an export of 1 MiB with `base:allocation` as context 1, if asked
    /// for, and goes on with `script` in the transmission phase.
    static FakeServer offering(Path directory, boolean structured, boolean contexts, Script script) throws IOException {
        return start(directory, client -> {
            client.send(GREETING).receive(4);
            client.receive(16);
            client.send(structured ? ACK_STRUCTURED : "0003e889045565a9 00000008 80000001 00000000");
            if (contexts) {
                client.receive(client.receive(16).getInt(12));
                client.send("0003e889045565a9 0000000a 00000004 00000013 00000001 626173653a616c6c6f636174696f6e");
                client.send("0003e889045565a9 0000000a 00000001 00000000");
            }
            client.receive(client.receive(16).getInt(12));
            client.send("0003e889045565a9 00000007 00000003 0000000c 0000 0000000000100000 0003");
            client.send("0003e889045565a9 00000007 00000001 00000000");
            script.run(client);
        });
    }

    NbdAddress address() {
        return new NbdAddress.Unix(path.toString());
    }

    /// Receives a request and answers with `reply`, in which `COOKIE` stands for the request's cookie.
    static Script answering(String reply) {
        return client -> {
            answer(client, reply);
            client.drain();
        };
    }

    static void answer(RawPeer client, String reply) throws IOException {
        ByteBuffer request = client.receive(Request.BYTES);
        client.send(reply.replace("COOKIE", "%016x".formatted(request.getLong(8))));
    }

    private void run(Script script) {
        try (var client = new RawPeer(listener.accept())) {
            script.run(client);
            ended.complete(null);
        } catch (IOException | AssertionError e) {
            ended.completeExceptionally(e);
        }
    }

    /// Waits until the script has ended, however that was.
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ended.exceptionally(_ -> null)
                .orTimeout(TestServer.LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
