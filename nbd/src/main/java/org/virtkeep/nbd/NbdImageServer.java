package org.virtkeep.nbd;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// Serves images of our own: read-only, or with writes, flush, trim and write-zeroes for those that take them.
/// Thread-safe. Owns its listening socket and its clients, but not the images.
public final class NbdImageServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NbdImageServer.class);

    private final NbdServer server;
    private final List<Export> exports;

    private NbdImageServer(NbdServer server, List<Export> exports) {
        this.server = server;
        this.exports = exports;
    }

    /// An image under the name by which clients ask for it; if there is only one, also under the empty name.
    public record Named(String name, ServedImage image) {
        public Named {
            Objects.requireNonNull(image, "image is null");
        }
    }

    /// When it returns, clients can connect.
    ///
    /// @param images at least one, with different names
    /// @throws java.net.BindException if the address cannot be listened on
    public static NbdImageServer start(NbdAddress listen, List<Named> images, NbdFrontEnd.Limits limits)
            throws IOException {
        return start(listen, images, limits, Optional.empty());
    }

    /// The same for clients that use TLS.
    public static NbdImageServer start(
            NbdAddress listen, List<Named> images, NbdFrontEnd.Limits limits, Optional<TlsCredentials> tls)
            throws IOException {
        if (images.isEmpty() || images.stream().map(Named::name).distinct().count() != images.size()) {
            throw new IllegalArgumentException("no exports, or two of the same name");
        }
        var listener = Listener.open(listen);
        var scheduler = new RequestScheduler(limits.bufferBytes(), limits.maxClients());
        var exports = new ArrayList<Export>();
        for (Named named : images) {
            var device = new ImageDevice(named.name(), named.image());
            exports.add(new Export(named.name(), scheduler.add(device), new ExportCounters(InstantSource.system())));
        }
        var server = NbdServer.start(listener, exports, scheduler, limits, tls);
        LOG.info("nbd server started address={} exports={}", server.address(), exports.size());
        return new NbdImageServer(server, List.copyOf(exports));
    }

    /// Where clients connect, with the real port.
    public NbdAddress address() {
        return server.address();
    }

    /// What happened so far, in the order of the images.
    public List<ExportProgress> progress() {
        return exports.stream().map(Export::progress).toList();
    }

    /// Stops accepting and closes all clients, then waits for what is being done for them; after that no image is
    /// touched any more. Idempotent.
    public void close(Deadline deadline) {
        server.close(deadline);
        exports.forEach(export -> export.device().close());
    }

    /// The same with a second's time for the clients.
    @Override
    public void close() {
        close(Deadline.in(Duration.ofSeconds(1)));
    }
}
