package org.virtkeep.nbd;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;

/// One client, from its handshake to its end. [#run()] does it all on one thread, with a second one that sends
/// the replies; [#close()] may be called from any other. Owns the transport.
final class ClientConnection implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final String name;
    private final UpgradableTransport transport;
    private final Optional<TlsCredentials> tls;
    private final List<Export> exports;
    private final RequestScheduler scheduler;
    private final Duration handshakeTimeout;
    private final ClientActivity activity = new ClientActivity();
    private Optional<ClientQueue> admitted = Optional.empty();
    private volatile Optional<ReplySender> sender = Optional.empty();
    private volatile boolean closed;

    ClientConnection(
            String name,
            ClientTransport transport,
            List<Export> exports,
            RequestScheduler scheduler,
            Duration handshakeTimeout,
            Optional<TlsCredentials> tls) {
        this.name = name;
        this.transport = new UpgradableTransport(transport);
        this.tls = tls;
        this.exports = exports;
        this.scheduler = scheduler;
        this.handshakeTimeout = handshakeTimeout;
    }

    /// Serves the client until it leaves or is thrown out. Never throws.
    @Override
    public void run() {
        var in = new RequestInput(transport);
        try {
            var chosen = handshake(in);
            if (chosen.isPresent()) {
                transmit(in, chosen.get());
            }
        } catch (NbdException.Protocol e) {
            LOG.info("client broke the protocol client={} peer={} cause={}", name, transport, e.getMessage());
        } catch (IOException e) {
            LOG.debug("client lost client={} peer={} cause={}", name, transport, e.toString());
        } catch (RuntimeException e) {
            LOG.error("client failed client={} peer={}", name, transport, e);
        } finally {
            admitted.ifPresent(scheduler::close);
            close();
        }
    }

    /// Ends the connection at once. Never waits for the client. Idempotent.
    void close() {
        closed = true;
        transport.close();
        activity.end();
        sender.ifPresent(ReplySender::close);
    }

    /// How long the client has neither sent a request nor taken a reply.
    Duration idle() {
        return activity.idle();
    }

    private Optional<ServerHandshake.Chosen> handshake(RequestInput in) throws IOException {
        var handshake = new ServerHandshake(transport, in, exports, this::admit, tls);
        try (var _ = new DeadlineGuard(this::handshakeTimedOut, Deadline.in(handshakeTimeout))) {
            return handshake.run();
        }
    }

    private void handshakeTimedOut() {
        LOG.info("handshake timed out client={} peer={} limit={}", name, transport, handshakeTimeout);
        transport.close();
    }

    private Optional<ClientQueue> admit(Export export, List<ContextName> contexts) {
        admitted = scheduler.open(export.queue(), contexts);
        return admitted;
    }

    private void transmit(RequestInput in, ServerHandshake.Chosen chosen) throws IOException {
        ExportCounters counters = chosen.export().counters();
        var replySender = new ReplySender(transport, counters, activity, this::close);
        sender = Optional.of(replySender);
        ClientReplies replies = chosen.structured()
                ? new StructuredReplies(replySender, counters)
                : new SimpleReplies(replySender, counters, transport::close);
        chosen.queue().deliverTo(replies);
        var writer = Thread.ofPlatform().name(name + "-sender").daemon().unstarted(replySender);
        counters.clientCame();
        LOG.debug(
                "client begins client={} peer={} export={}",
                name,
                transport,
                chosen.export().name());
        boolean done = false;
        try {
            writer.start();
            if (closed) {
                close(); // which may have missed the sender
            }
            var reader = new RequestReader(in, chosen, scheduler, replies, activity);
            done = reader.serve() && activity.awaitAllAnswered();
        } finally {
            close();
            scheduler.close(chosen.queue());
            replies.close();
            counters.clientLeft(done);
            LOG.debug("client ends client={} peer={} goodbye={}", name, transport, done);
        }
    }
}
