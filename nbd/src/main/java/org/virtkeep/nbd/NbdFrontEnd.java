package org.virtkeep.nbd;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// Serves the exports of one backup job to the world, and stands between foreign clients and QEMU.
///
/// QEMU 7.2 freezes when an NBD client does not read its replies. So QEMU gets exactly one well-behaved
/// connection per export, a request is sent there only when its whole reply can be buffered here, and a client
/// that stops reading, vanishes or lies blocks nobody but itself.
///
/// Thread-safe. Owns its listening socket, its clients and its upstream connections.
public final class NbdFrontEnd implements AutoCloseable {

    /// @param listen  where clients connect; a unix path of at most 107 bytes, or TCP with port 0 for a free one
    /// @param exports at least one, with different names
    /// @param tls     if present, clients must speak TLS
    /// @param group   whose members may connect to a unix socket, too; otherwise only this process's user may
    public record Config(
            NbdAddress listen,
            List<RelayedExport> exports,
            Limits limits,
            Optional<TlsCredentials> tls,
            Optional<String> group) {

        /// Without TLS, and for this process's user.
        public Config(NbdAddress listen, List<RelayedExport> exports, Limits limits) {
            this(listen, exports, limits, Optional.empty(), Optional.empty());
        }

        public Config {
            Objects.requireNonNull(listen, "listen is null");
            Objects.requireNonNull(limits, "limits is null");
            exports = List.copyOf(exports);
            if (exports.isEmpty()) {
                throw new IllegalArgumentException("no exports");
            }
            if (exports.stream().map(RelayedExport::name).distinct().count() != exports.size()) {
                throw new IllegalArgumentException("two exports have the same name");
            }
        }
    }

    /// @param bufferBytes      all bytes held for clients together; memory outside the heap, at least 256 KiB for
    ///     each client
    /// @param maxClients       connections served at once
    /// @param handshakeTimeout a client that has not chosen an export by then is closed
    /// @param idleTimeout      a client that neither sends a request nor takes a reply for so long is closed
    /// @param upstreamTimeout  an upstream that leaves a request unanswered for so long counts as dead
    public record Limits(
            long bufferBytes,
            int maxClients,
            Duration handshakeTimeout,
            Optional<Duration> idleTimeout,
            Optional<Duration> upstreamTimeout) {

        private static final int BUFFER_BYTES_PER_CLIENT = 256 << 10;

        /// 64 MiB, 64 clients, 10 s for the handshake, no other time-outs.
        public static final Limits DEFAULT =
                new Limits(64L << 20, 64, Duration.ofSeconds(10), Optional.empty(), Optional.empty());

        public Limits {
            if (maxClients < 1) {
                throw new IllegalArgumentException("maxClients is " + maxClients + ", less than 1");
            }
            if (bufferBytes / maxClients < BUFFER_BYTES_PER_CLIENT) {
                throw new IllegalArgumentException("bufferBytes is %d, less than %d for each of %d clients"
                        .formatted(bufferBytes, BUFFER_BYTES_PER_CLIENT, maxClients));
            }
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(NbdFrontEnd.class);

    /// How often time-outs are looked at.
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(200);

    private final NbdServer server;
    private final List<Export> exports;
    private final List<Upstream> upstreams;
    private final Thread watch;
    private volatile boolean closed;

    private NbdFrontEnd(NbdServer server, List<Export> exports, List<Upstream> upstreams, Limits limits) {
        this.server = server;
        this.exports = exports;
        this.upstreams = upstreams;
        this.watch = Thread.ofPlatform().name("nbd-watch").daemon().unstarted(() -> watch(limits));
    }

    /// A front-end that listens before there is something to serve. Clients can connect already, but are not greeted
    /// before [#serve]. Confined to one thread, but for [#close].
    public static final class Listening implements AutoCloseable {
        private final Config config;
        private final Listener listener;
        private final RequestScheduler scheduler;
        private volatile boolean serving;

        private Listening(Config config, Listener listener) {
            this.config = config;
            this.listener = listener;
            this.scheduler = new RequestScheduler(
                    config.limits().bufferBytes(), config.limits().maxClients());
        }

        /// Connects to all upstreams and serves. Once it has returned, this here owns nothing any more.
        ///
        /// @throws NbdException if an upstream cannot be reached, refuses, or lacks a context of
        ///     [RelayedExport#contexts()]; what listens is to be closed then, or can try again
        public NbdFrontEnd serve(Deadline deadline) throws NbdException {
            var upstreams = new ArrayList<Upstream>();
            try {
                for (RelayedExport export : config.exports()) {
                    upstreams.add(Upstream.connect(export, deadline));
                }
                NbdFrontEnd frontEnd = start(config, upstreams, scheduler, listener);
                serving = true;
                return frontEnd;
            } catch (NbdException | RuntimeException e) {
                upstreams.forEach(Upstream::close);
                throw e;
            }
        }

        /// Stops listening, unless it serves. Idempotent.
        @Override
        public void close() {
            if (!serving) {
                listener.close();
            }
        }
    }

    /// Listens, and asks no upstream.
    ///
    /// @throws java.net.BindException if the address cannot be listened on: a path that is too long, in use, ...
    /// @throws IOException           on other failures; in every case nothing is left open
    public static Listening listen(Config config) throws IOException {
        return new Listening(config, Listener.open(config.listen(), config.group()));
    }

    /// Listens and connects to all upstreams. When it returns, clients are served.
    ///
    /// @throws IOException as [#listen] and [Listening#serve] say; in every case nothing is left open
    public static NbdFrontEnd start(Config config, Deadline deadline) throws IOException {
        try (var listening = listen(config)) {
            return listening.serve(deadline);
        }
    }

    private static NbdFrontEnd start(
            Config config, List<Upstream> upstreams, RequestScheduler scheduler, Listener listener) {
        Limits limits = config.limits();
        var exports = new ArrayList<Export>();
        for (int i = 0; i < upstreams.size(); i++) {
            String name = config.exports().get(i).name();
            exports.add(new Export(name, scheduler.add(upstreams.get(i)), new ExportCounters(InstantSource.system())));
        }
        var server = NbdServer.start(listener, exports, scheduler, limits, config.tls());
        var frontEnd = new NbdFrontEnd(server, List.copyOf(exports), List.copyOf(upstreams), limits);
        frontEnd.watch.start();
        LOG.info("nbd front-end started address={} exports={}", server.address(), exports.size());
        return frontEnd;
    }

    /// Where clients connect, with the real port.
    public NbdAddress address() {
        return server.address();
    }

    /// What happened so far, in the order of [Config#exports()]. Cheap, never waits.
    public List<ExportProgress> progress() {
        return exports.stream().map(Export::progress).toList();
    }

    /// Has something done whenever a client has left, when all that it did is counted. It is done by the
    /// client's thread, and must not fail.
    public void whenAClientLeaves(Runnable then) {
        exports.forEach(export -> export.counters().whenAClientLeaves(then));
    }

    /// Stops accepting, closes all clients, then says `NBD_CMD_DISC` to each upstream and closes it. Returns when
    /// all that is done, or when `deadline` has passed: then connections are closed without farewell. Never waits
    /// for a client. Idempotent; may be called from any thread at any time.
    public void close(Deadline deadline) {
        if (!closed) {
            LOG.info("nbd front-end closes address={}", server.address());
        }
        closed = true;
        LockSupport.unpark(watch);
        server.close(deadline);
        upstreams.forEach(upstream -> upstream.close(deadline));
    }

    /// The same with a second's time.
    @Override
    public void close() {
        close(Deadline.in(Duration.ofSeconds(1)));
    }

    private void watch(Limits limits) {
        while (!closed) {
            LockSupport.parkNanos(WATCH_INTERVAL.toNanos());
            limits.idleTimeout().ifPresent(server::closeIdle);
            limits.upstreamTimeout().ifPresent(limit -> upstreams.forEach(device -> device.closeIfStalled(limit)));
        }
    }
}
