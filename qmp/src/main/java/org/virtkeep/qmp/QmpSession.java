package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.virtkeep.model.Deadline;

/// The traffic of one connection: a thread that reads, one that writes, and the calls and events
/// between them and the callers. Thread-safe; owns and closes the channel.
///
/// Callers never touch the socket. So a peer that does not read cannot hold a caller beyond its deadline, and
/// an interrupted caller cannot close the channel under everybody else.
final class QmpSession {

    /// How long after a failed write the reader may still find what the peer said last.
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    /// One write gives no more: the JDK keeps a buffer outside the heap as big as the biggest one.
    private static final int MAX_WRITE_BYTES = 64 << 10;

    /// The first call of a session has a random number. When a client goes away while QEMU works on its
    /// command, QEMU gives the answer to the next client, which must not take it for its own. It comes before
    /// that to the first call, so the others count from 1: QEMU takes 4 µs for each byte that it reads.
    private static final SecureRandom FIRST_IDS = new SecureRandom();

    private static final long MIN_FIRST_ID = 1L << 51; // more than anybody counts to

    private static final long MAX_FIRST_ID = 1L << 52;

    private static final AtomicLong SESSIONS = new AtomicLong();

    private final Path socket;
    private final SocketChannel channel;
    private final PendingCalls calls = new PendingCalls();
    private final EventHub events = new EventHub();
    private final BlockingQueue<PendingCall> outbox = new LinkedBlockingQueue<>();
    private final AtomicLong calling = new AtomicLong();
    private final long negotiationId;
    private final CompletableFuture<Optional<QmpGreeting>> greeting = new CompletableFuture<>(); // empty: failed
    private final AtomicReference<QmpException> failure = new AtomicReference<>(); // null: none yet
    private volatile Optional<PeerCredentials> peer = Optional.empty(); // until somebody asks
    private final Thread reader;
    private final Thread writer;

    private QmpSession(Path socket, SocketChannel channel) {
        this.socket = socket;
        this.channel = channel;
        this.negotiationId = FIRST_IDS.nextLong(MIN_FIRST_ID, MAX_FIRST_ID);
        String name = "qmp-c" + SESSIONS.incrementAndGet();
        // Platform threads: a virtual one that waits for a socket leaves a poller behind, for which the JVM waits 0.3 s
        // when it ends.
        this.reader = Thread.ofPlatform().name(name + "-reader").daemon().unstarted(this::readAll);
        this.writer = Thread.ofPlatform().name(name + "-writer").daemon().unstarted(this::writeAll);
    }

    /// Takes over `channel`, which must be in blocking mode.
    static QmpSession start(Path socket, SocketChannel channel) {
        var session = new QmpSession(socket, channel);
        session.reader.start();
        session.writer.start();
        return session;
    }

    /// Waits for QEMU's first message.
    ///
    /// @throws QmpException.TimedOut if it does not come: QEMU's one client slot is taken, or QEMU hangs
    QmpGreeting awaitGreeting(Deadline deadline) throws QmpException {
        Optional<Optional<QmpGreeting>> outcome = Waiting.forResult(greeting, deadline);
        if (outcome.isEmpty()) {
            throw new QmpException.TimedOut(
                    "monitor '%s' did not greet within %d ms: the monitor is in use by another client, or QEMU hangs"
                            .formatted(socket, deadline.limit().toMillis()));
        }
        if (outcome.get().isEmpty()) {
            throw again("no greeting", failure.get());
        }
        return outcome.get().get();
    }

    /// Sends a command; the caller waits for its answer. The first one must be `qmp_capabilities`.
    ///
    /// @throws IllegalArgumentException if the command cannot be written as JSON
    Sent send(QmpCommand<?> command) {
        return sendAll(List.of(command)).getFirst();
    }

    /// Sends commands together. They are all written as JSON before the first is sent.
    ///
    /// @throws IllegalArgumentException if one of them cannot be; none is sent then
    List<Sent> sendAll(List<? extends QmpCommand<?>> commands) {
        var sent = new ArrayList<Sent>();
        for (QmpCommand<?> command : commands) {
            long number = calling.getAndIncrement();
            long id = number == 0 ? negotiationId : number;
            sent.add(new Sent(command, new PendingCall(id, line(command, id))));
        }
        sent.forEach(each -> enqueue(each.call));
        return sent;
    }

    private void enqueue(PendingCall call) {
        calls.open(call).ifPresentOrElse(ended -> call.complete(new Reply.Lost(ended)), () -> outbox.add(call));
    }

    /// A command on its way.
    final class Sent {
        private final QmpCommand<?> command;
        private final PendingCall call;

        private Sent(QmpCommand<?> command, PendingCall call) {
            this.command = command;
            this.call = call;
        }

        QmpCommand<?> command() {
            return command;
        }

        /// Waits until its answer is there or the deadline has passed, which [#await] tells.
        void waitFor(Deadline deadline) {
            call.await(deadline);
        }

        /// Waits for its answer.
        ///
        /// @throws QmpException.TimedOut if there is none in time; if it was not yet begun it is never sent
        Reply await(Deadline deadline) throws QmpException.TimedOut {
            Optional<Reply> reply = call.await(deadline);
            return reply.isPresent() ? reply.get() : giveUp(command, call, deadline);
        }
    }

    /// Ends the session; the first cause is kept and told to all. Who learns of it by a failed call finds
    /// everything else ended too.
    void fail(QmpException cause) {
        if (!failure.compareAndSet(null, cause)) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        writer.interrupt();
        events.finish(cause);
        greeting.complete(Optional.empty());
        calls.failAll(cause);
    }

    void close() {
        fail(new QmpException.Disconnected("the connection to monitor '%s' was closed".formatted(socket)));
    }

    boolean isOpen() {
        return failure.get() == null;
    }

    QmpSubscription subscribe(int capacity) {
        return events.subscribe(capacity);
    }

    /// To find the names takes a look at the lists of all users and groups.
    Optional<PeerCredentials> peer() {
        if (peer.isEmpty()) {
            peer = MonitorSocket.peer(channel);
        }
        return peer;
    }

    /// The failure that ended a session, as a new exception for one of those it hits.
    static QmpException again(String what, QmpException failure) {
        String message = what + ": " + failure.getMessage();
        return switch (failure) {
            case QmpException.Protocol _ -> new QmpException.Protocol(message, failure);
            case QmpException.Disconnected _, QmpException.TimedOut _, QmpException.Refused _ ->
                new QmpException.Disconnected(message, failure);
        };
    }

    private static byte[] line(QmpCommand<?> command, long id) {
        ObjectNode message = Json.object("execute", command.name());
        ObjectNode arguments = command.arguments();
        if (!arguments.isEmpty()) {
            message.set("arguments", arguments);
        }
        byte[] json = Json.encode(message.put("id", id));
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private Reply giveUp(QmpCommand<?> command, PendingCall call, Deadline deadline) throws QmpException.TimedOut {
        long millis = deadline.limit().toMillis();
        if (outbox.remove(call)) {
            calls.withdraw(call);
            throw new QmpException.TimedOut("'%s' was not sent to monitor '%s' within %d ms: QEMU does not read"
                    .formatted(command.name(), socket, millis));
        }
        try {
            calls.abandon(call);
        } catch (QmpException.Disconnected e) {
            fail(e);
        }
        throw new QmpException.TimedOut(
                "'%s' had no reply from monitor '%s' within %d ms".formatted(command.name(), socket, millis));
    }

    private void writeAll() {
        try {
            var ready = new ArrayList<PendingCall>();
            while (true) {
                ready.add(outbox.take());
                outbox.drainTo(ready); // each write is a system call for us and for QEMU
                write(lines(ready));
                ready.clear();
            }
        } catch (InterruptedException _) {
            // the session has ended
        } catch (IOException e) {
            awaitLastWords();
            fail(lost(e));
        } catch (RuntimeException | Error e) {
            fail(new QmpException.Disconnected("writing to monitor '%s' failed".formatted(socket), e));
            throw e;
        }
    }

    private static byte[] lines(List<PendingCall> ready) {
        if (ready.size() == 1) {
            return ready.getFirst().line();
        }
        var all = new ByteArrayOutputStream();
        ready.forEach(call -> all.writeBytes(call.line()));
        return all.toByteArray();
    }

    private void write(byte[] lines) throws IOException {
        for (int written = 0; written < lines.length; ) {
            int length = Math.min(MAX_WRITE_BYTES, lines.length - written);
            written += channel.write(ByteBuffer.wrap(lines, written, length));
        }
    }

    /// A peer that has closed may have sent something before: the reader finds it, and then the same end.
    private void awaitLastWords() {
        try {
            reader.join(LAST_WORDS);
        } catch (InterruptedException _) {
            // the session has ended
        }
    }

    private void readAll() {
        var incoming = new IncomingTraffic(socket, channel, calls, events);
        try {
            greeting.complete(Optional.of(incoming.readGreeting()));
            incoming.skipLeftovers(negotiationId);
            incoming.serve();
        } catch (QmpException e) {
            fail(e);
        } catch (IOException e) {
            fail(lost(e));
        } catch (RuntimeException | Error e) {
            fail(new QmpException.Disconnected("reading from monitor '%s' failed".formatted(socket), e));
            throw e;
        }
    }

    private QmpException lost(IOException cause) {
        return new QmpException.Disconnected(
                "the connection to monitor '%s' failed: %s".formatted(socket, cause.getMessage()), cause);
    }
}
