package org.virtkeep.rpc;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;

/// The client's end of a connection: sends calls, matches replies to them in whatever order they come, and
/// queues events. Thread-safe; owns its transport.
///
/// Calls beyond [#CALLS_IN_FLIGHT] wait until an earlier one was answered, because libvirtd stops reading then.
/// A call whose deadline passed keeps its place until its reply comes: the server is still at work on it.
///
/// Its threads are platform threads: one that waited for a socket as a virtual thread would leave the JDK's poller
/// in native code for good, for which the JVM waits 300 ms at its end; as long as a whole command takes.
public final class RpcClient implements AutoCloseable {

    /// How many unfinished calls libvirtd reads from one client.
    public static final int CALLS_IN_FLIGHT = 5;

    private static final Logger LOG = LoggerFactory.getLogger(RpcClient.class);
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final Duration STALL_LIMIT = Duration.ofMinutes(2);
    private static final long MEMORY_BYTES = 2L * Limits.PACKET_BYTES;
    private static final long OUTPUT_BYTES = 1024 * 1024;
    /// For the reader to notice that the connection is closed: it does so at once.
    private static final Duration END_LIMIT = Duration.ofSeconds(1);

    private final String name;
    private final RpcTransport transport;
    private final PacketReader reader;
    private final PacketWriter writer;
    private final ConnectionWatch watch;
    private final Pulse pulse = new Pulse(System.nanoTime());
    private final PendingCalls pending = new PendingCalls();
    private final Semaphore places = new Semaphore(CALLS_IN_FLIGHT, true);
    private final CopyOnWriteArrayList<EventQueue> subscribers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<RpcException.Disconnected> ended = new CompletableFuture<>();
    private final Thread reading;

    private RpcClient(RpcTransport transport) {
        this.name = "rpc-client-" + COUNTER.incrementAndGet();
        this.transport = transport;
        this.reader = new PacketReader(transport, Limits.PACKET_BYTES, new ByteBudget(MEMORY_BYTES));
        this.writer = new PacketWriter(transport, OUTPUT_BYTES, thread("writer"), this::end);
        this.watch = new ConnectionWatch(pulse, reader, writer, STALL_LIMIT, this::end);
        this.reading = thread("reader").unstarted(this::readAll);
    }

    private Thread.Builder thread(String what) {
        return Thread.ofPlatform().daemon().name(name + "-" + what);
    }

    /// Starts to speak over `transport`, which this client then owns. Nothing is sent yet.
    public static RpcClient over(RpcTransport transport) {
        var client = new RpcClient(transport);
        client.watch.start();
        client.reading.start();
        return client;
    }

    /// Connects to a unix socket.
    ///
    /// @throws IOException if nobody listens there, or does not accept before `deadline`
    public static RpcClient connect(Path socket, Deadline deadline) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        var connected = new CompletableFuture<Void>();
        Thread.ofPlatform().daemon().name("rpc-client-connect").start(() -> {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                connected.complete(null);
            } catch (IOException e) {
                connected.completeExceptionally(e);
            }
        });
        try {
            connected.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            return over(RpcTransport.of(channel));
        } catch (ExecutionException e) {
            channel.close();
            throw new IOException(
                    "cannot connect to '%s': %s".formatted(socket, e.getCause().getMessage()), e);
        } catch (TimeoutException e) {
            channel.close();
            throw new IOException("'%s' does not accept connections".formatted(socket), e);
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to '%s'".formatted(socket), e);
        }
    }

    /// Calls `procedure` and waits for its reply.
    ///
    /// @throws RpcException what went wrong, and whether the connection can still be used, is in its type
    /// @throws XdrLimitException if the arguments are larger than the protocol allows; nothing was sent
    public <A, R> R call(Procedure<A, R> procedure, A arguments, Deadline deadline) throws RpcException {
        Packet reply;
        try {
            reply = exchange(procedure, arguments, deadline);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new RpcException.NoReply("interrupted while waiting for the reply to %s".formatted(procedure));
        }
        return decode(procedure, reply);
    }

    /// Starts to collect events. Subscribe before registering for them at the server, so that none is missed.
    ///
    /// @param capacity how many events may wait for the subscriber
    public EventQueue subscribe(int capacity) {
        var queue = new EventQueue(capacity, subscribers::remove);
        subscribers.add(queue);
        ended().ifPresent(queue::end);
        return queue;
    }

    /// Begins to ping a silent server, and to give it up when it stays silent. The server must have said that
    /// it knows [LibvirtProgram#FEATURE_KEEPALIVE].
    public void startKeepAlive(KeepAlive settings) {
        watch.ping(settings);
    }

    /// Why the connection ended; empty while it stands.
    public Optional<RpcException.Disconnected> ended() {
        return Optional.ofNullable(ended.getNow(null));
    }

    /// Ends the connection without saying so to the server. Calls that wait fail with
    /// [RpcException.Disconnected].
    @Override
    public void close() {
        end(new IOException("closed by this side"));
        try {
            if (Thread.currentThread() != reading) {
                reading.join(END_LIMIT);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private <A> Packet exchange(Procedure<A, ?> procedure, A arguments, Deadline deadline)
            throws RpcException, InterruptedException {
        if (!places.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new RpcException.NoReply(
                    "%s was not sent: %d earlier calls have no reply yet".formatted(procedure, CALLS_IN_FLIGHT));
        }
        PendingCalls.Ticket ticket;
        try {
            ticket = pending.open(procedure);
        } catch (RpcException.Disconnected e) {
            places.release();
            throw e;
        }
        ticket.reply().whenComplete((_, _) -> places.release());
        send(procedure, arguments, ticket, deadline);
        return await(procedure, ticket, deadline);
    }

    private <A> void send(Procedure<A, ?> procedure, A arguments, PendingCalls.Ticket ticket, Deadline deadline)
            throws RpcException, InterruptedException {
        boolean sent = false;
        try {
            sent = writer.put(ticket.header().packet(arguments, procedure.arguments()), deadline);
        } finally {
            if (!sent) {
                pending.forget(ticket);
                ticket.reply().cancel(false);
            }
        }
        if (!sent) {
            throwIfEnded();
            throw new RpcException.NoReply("%s was not sent: the server does not read".formatted(procedure));
        }
    }

    private Packet await(Procedure<?, ?> procedure, PendingCalls.Ticket ticket, Deadline deadline)
            throws RpcException, InterruptedException {
        try {
            return ticket.reply().get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new RpcException.Disconnected(
                    "%s has no reply: %s".formatted(procedure, e.getCause().getMessage()), e.getCause());
        } catch (TimeoutException _) {
            throw new RpcException.NoReply("%s has no reply after %s".formatted(procedure, deadline.limit()));
        }
    }

    private void throwIfEnded() throws RpcException.Disconnected {
        Optional<RpcException.Disconnected> end = ended();
        if (end.isPresent()) {
            throw new RpcException.Disconnected(end.get().getMessage(), end.get());
        }
    }

    private static <R> R decode(Procedure<?, R> procedure, Packet reply) throws RpcException {
        try {
            return switch (reply.header().status()) {
                case MessageHeader.OK -> reply.read(procedure.reply());
                case MessageHeader.ERROR -> throw new RpcException.Refused(reply.read(WireError.CODEC));
                default ->
                    throw new RpcException.BadReply(
                            "%s was answered with the unknown status %d"
                                    .formatted(procedure, reply.header().status()),
                            null);
            };
        } catch (XdrException e) {
            throw new RpcException.BadReply("reply to %s: %s".formatted(procedure, e.getMessage()), e);
        }
    }

    private void readAll() {
        try {
            for (Optional<Packet> packet = reader.next(); packet.isPresent(); packet = reader.next()) {
                pulse.heard(System.nanoTime());
                receive(packet.get());
                reader.release(packet.get());
            }
            end(new IOException("closed by the server"));
        } catch (IOException e) {
            end(e);
        }
    }

    private void receive(Packet packet) throws IOException {
        switch (packet.header().type()) {
            case MessageType.REPLY -> {
                if (!pending.complete(packet)) {
                    throw new IOException("the server sent a reply that no call waits for: " + packet.header());
                }
            }
            case MessageType.MESSAGE -> receiveMessage(packet);
            case MessageType.STREAM, MessageType.STREAM_HOLE -> LOG.debug("stream packet ignored {}", packet.header());
            default ->
                throw new IOException("the server sent a packet of the type "
                        + packet.header().type());
        }
    }

    private void receiveMessage(Packet packet) throws IOException {
        if (Pulse.isKeepAlive(packet.header())) {
            Pulse.answer(packet.header()).ifPresent(writer::offer);
            return;
        }
        Optional<EventType<?>> type = KnownEvents.find(packet.header());
        if (type.isEmpty()) {
            LOG.warn(
                    "unknown event ignored program={} event={}",
                    packet.header().program(),
                    packet.header().procedure());
            return;
        }
        EventMessage event = packet.read(type.get().codec());
        subscribers.removeIf(subscriber -> !subscriber.offer(event));
    }

    /// Ends everything, once, with the first cause.
    private void end(IOException cause) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        var failure = new RpcException.Disconnected("connection lost: " + cause.getMessage(), cause);
        ended.complete(failure); // before the writer takes no more: who is refused by it asks why
        watch.stop();
        writer.stop();
        try {
            transport.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        pending.failAll(failure);
        subscribers.forEach(subscriber -> subscriber.end(failure));
    }
}
