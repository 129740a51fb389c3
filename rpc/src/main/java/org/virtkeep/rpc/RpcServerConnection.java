package org.virtkeep.rpc;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;

/// The server's end of a connection: reads calls, has them served, sends replies and events. Thread-safe; owns
/// its transport.
///
/// One thread reads. Who has read a call serves it and writes the reply, and another reads on: nobody has to be woken
/// for an answer. See [ServingThreads]. One more thread writes what nobody else does, from the first event on.
/// After the reply to [LibvirtProgram#CONNECT_CLOSE] the connection is closed.
///
/// A client that sends what no packet can be, or that does not take what is sent to it, is cut off; nobody else
/// notices.
public final class RpcServerConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RpcServerConnection.class);
    private static final AtomicLong COUNTER = new AtomicLong();

    private final String name = "rpc-server-" + COUNTER.incrementAndGet();
    private final RpcTransport transport;
    private final ServerLimits limits;
    private final PacketReader reader;
    private final PacketWriter writer;
    private final ConnectionWatch watch;
    private final Pulse pulse = new Pulse(System.nanoTime());
    private final Semaphore places;
    /// Set before the connection is given to anybody.
    private Runnable reading = () -> {};

    private final ServingThreads threads = ServingThreads.forConnection();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<IOException> ended = new CompletableFuture<>();

    private RpcServerConnection(RpcTransport transport, ServerLimits limits, ByteBudget budget) {
        this.transport = transport;
        this.limits = limits;
        this.places = new Semaphore(limits.requests());
        this.reader = new PacketReader(transport, Limits.EARLY_PACKET_BYTES, budget);
        this.writer = new PacketWriter(
                transport, limits.outputBytes(), Thread.ofVirtual().name(name + "-writer"), this::end);
        this.watch = new ConnectionWatch(pulse, reader, writer, limits.stallLimit(), this::end);
    }

    /// [#open] and [#start].
    public static <S> RpcServerConnection serve(
            RpcTransport transport,
            RpcDispatcher<S> dispatcher,
            Function<RpcServerConnection, S> session,
            ServerLimits limits,
            ByteBudget budget) {
        RpcServerConnection connection = open(transport, dispatcher, session, limits, budget);
        connection.start();
        return connection;
    }

    /// Makes a connection for a client that has just connected. It is served when [#start] or [#serveHere] is called.
    ///
    /// @param session makes what the server keeps about this client; it may keep the connection to send events.
    ///     What it throws is thrown on, with the transport closed
    /// @param budget  shared by all connections of a server
    public static <S> RpcServerConnection open(
            RpcTransport transport,
            RpcDispatcher<S> dispatcher,
            Function<RpcServerConnection, S> session,
            ServerLimits limits,
            ByteBudget budget) {
        var connection = new RpcServerConnection(transport, limits, budget);
        S client;
        try {
            client = session.apply(connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
        connection.reading = () -> connection.readOn(dispatcher, client);
        return connection;
    }

    /// Starts to serve the client, and returns at once.
    public void start() {
        watch.start();
        threads.start(reading);
    }

    /// Serves the client on the calling thread, whose first call need not wait for another to wake then. The calling
    /// thread is one that accepts clients as a rule: another goes on with that.
    ///
    /// @param successor what the calling thread has done until now
    /// @return false if this is one of so many connections that a thread is not spent on it: it was started, and
    ///     `successor` was not. Otherwise true, when this thread is no longer needed here
    public boolean serveHere(Runnable successor) {
        if (!threads.isPlatform()) {
            start();
            return false;
        }
        threads.start(successor);
        watch.start();
        reading.run();
        return true;
    }

    /// For logs: unique in this process.
    public String name() {
        return name;
    }

    /// Queues an event, in the order of the calls of this method. Does not wait.
    ///
    /// @return false if nothing is sent to the client any more. A client that has left too much unread is cut
    ///     off and gives false too: it must not lose an event unnoticed.
    public <M extends EventMessage> boolean send(EventType<M> type, M message) {
        return offer(MessageHeader.event(type).packet(message, type.codec()), "the client does not read its events");
    }

    /// Accepts packets up to libvirt's largest from now on. Before, only those that authentication needs.
    public void acceptLargePackets() {
        reader.allow(Limits.PACKET_BYTES);
    }

    /// Begins to ping the client when it is silent, and to cut it off when it stays silent. Only for clients
    /// that asked for [LibvirtProgram#FEATURE_KEEPALIVE]: others cannot answer.
    public void startKeepAlive(KeepAlive settings) {
        watch.ping(settings);
    }

    /// Runs `action` when the connection has ended, for whatever reason; at once if it has.
    public void whenEnded(Runnable action) {
        ended.thenRun(action);
    }

    public boolean hasEnded() {
        return ended.isDone();
    }

    /// Waits for the end of the connection.
    ///
    /// @return why it ended; empty if it has not before `deadline`
    public Optional<IOException> awaitEnd(Deadline deadline) throws InterruptedException {
        try {
            return Optional.of(ended.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a connection is never a failure", e);
        }
    }

    /// Cuts the client off. Calls that are being served go on to their end, unheard.
    @Override
    public void close() {
        end(new IOException("closed by this side"));
    }

    /// Reads up to the next call, and serves it while another thread goes on to read.
    private <S> void readOn(RpcDispatcher<S> dispatcher, S session) {
        Optional<Packet> call = nextCall();
        if (call.isPresent()) {
            threads.start(() -> readOn(dispatcher, session));
            serve(dispatcher, session, call.get());
        }
    }

    /// The next call, which has a place; empty if the connection has ended.
    private Optional<Packet> nextCall() {
        try {
            for (Optional<Packet> packet = reader.next(); packet.isPresent(); packet = reader.next()) {
                pulse.heard(System.nanoTime());
                if (isCall(packet.get())) {
                    places.acquire();
                    return packet;
                }
            }
            end(new IOException("closed by the client"));
        } catch (IOException e) {
            end(e);
        } catch (InterruptedException e) {
            end(new IOException("the reader was interrupted", e));
        }
        return Optional.empty();
    }

    /// Attends to all other packets.
    private boolean isCall(Packet packet) throws IOException {
        switch (packet.header().type()) {
            case MessageType.CALL -> {
                return true;
            }
            case MessageType.CALL_WITH_FDS -> {
                // Each descriptor comes with one byte outside any packet. The kernel drops the descriptor.
                reader.skip(packet.descriptors().orElseThrow(() -> new IOException("no count of descriptors")));
                return true;
            }
            case MessageType.MESSAGE -> {
                if (Pulse.isKeepAlive(packet.header())) {
                    Pulse.answer(packet.header()).ifPresent(pong -> offer(pong, "the client does not read"));
                }
                reader.release(packet);
            }
            default -> {
                LOG.debug(
                        "packet ignored connection={} type={}",
                        name,
                        packet.header().type());
                reader.release(packet);
            }
        }
        return false;
    }

    private boolean offer(byte[] packet, String whyCutOff) {
        PacketWriter.Offer offer = writer.offer(packet);
        if (offer == PacketWriter.Offer.FULL) {
            end(new IOException(whyCutOff));
        }
        return offer == PacketWriter.Offer.QUEUED;
    }

    private <S> void serve(RpcDispatcher<S> dispatcher, S session, Packet call) {
        try {
            reply(call, dispatcher.reply(session, call));
        } catch (Error e) {
            end(new IOException("a handler failed", e));
            throw e;
        } finally {
            reader.release(call);
            call.wipe();
            places.release();
        }
    }

    private void reply(Packet call, byte[] packet) {
        try {
            if (!writer.write(packet, Deadline.in(limits.stallLimit()))) {
                end(new IOException("the client does not read its replies"));
            } else if (isGoodbye(call.header(), Packet.of(packet).header())) {
                writer.finish();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(new IOException("interrupted while answering", e));
        }
    }

    /// libvirt's rule: the reply to CLOSE is the last packet of a connection.
    private static boolean isGoodbye(MessageHeader call, MessageHeader reply) {
        return call.program() == LibvirtProgram.PROGRAM.number()
                && call.procedure() == LibvirtProgram.CONNECT_CLOSE.number()
                && reply.status() == MessageHeader.OK;
    }

    /// Ends everything, once, with the first cause.
    private void end(IOException cause) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        LOG.debug("connection ended connection={} reason={}", name, cause.getMessage());
        watch.stop();
        writer.stop();
        closeTransport();
        threads.close();
        ended.complete(cause);
    }

    private void closeTransport() {
        try {
            transport.close();
        } catch (IOException e) {
            LOG.debug("transport not closed cleanly connection={} reason={}", name, e.getMessage());
        }
    }
}
