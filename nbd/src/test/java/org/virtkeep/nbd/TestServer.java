package org.virtkeep.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// A server for devices in memory, on a unix socket.
final class TestServer implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);

    private final NbdServer server;
    private final List<Export> exports;

    private TestServer(NbdServer server, List<Export> exports) {
        this.server = server;
        this.exports = exports;
    }

    /// Serves each device under its own name, in `directory/s`.
    static TestServer serve(Path directory, BlockDevice... devices) {
        return serve(limits(NbdFrontEnd.Limits.DEFAULT.bufferBytes(), 8), directory, devices);
    }

    static TestServer serve(NbdFrontEnd.Limits limits, Path directory, BlockDevice... devices) {
        return serve(limits, new NbdAddress.Unix(directory.resolve("s").toString()), devices);
    }

    static TestServer serve(NbdFrontEnd.Limits limits, NbdAddress address, BlockDevice... devices) {
        var scheduler = new RequestScheduler(limits.bufferBytes(), limits.maxClients());
        var exports = new ArrayList<Export>();
        for (BlockDevice device : devices) {
            var counters = new ExportCounters(InstantSource.system());
            exports.add(new Export(device.info().name(), scheduler.add(device), counters));
        }
        try {
            return new TestServer(NbdServer.start(Listener.open(address), exports, scheduler, limits), exports);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static NbdFrontEnd.Limits limits(long bufferBytes, int maxClients) {
        return new NbdFrontEnd.Limits(
                bufferBytes, maxClients, Duration.ofSeconds(10), Optional.empty(), Optional.empty());
    }

    NbdAddress address() {
        return server.address();
    }

    NbdServer server() {
        return server;
    }

    ExportProgress progress() {
        return exports.getFirst().progress();
    }

    NbdNegotiation negotiate() throws NbdException {
        return NbdNegotiation.connect(address(), deadline());
    }

    /// A session with all contexts of the export.
    NbdSession connect(String export) throws NbdException {
        try (var negotiation = negotiate()) {
            var contexts = negotiation.listContexts(export).toArray(ContextName[]::new);
            negotiation.requestContexts(export, List.of(contexts));
            return negotiation.go(export);
        }
    }

    RawPeer raw() throws IOException {
        return RawPeer.connect(address());
    }

    static Deadline deadline() {
        return Deadline.in(LIMIT);
    }

    @Override
    public void close() {
        server.close(deadline());
    }
}
