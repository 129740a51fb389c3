package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;

/// The client's side of the transmission phase: requests to one export. Any number of threads may call at once;
/// their requests are in flight together.
///
/// A call that fails with anything but [NbdException.Refused] has closed the connection, and every other call
/// fails with the same cause. Owns the connection and its reader thread.
public final class NbdSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NbdSession.class);

    /// Larger reads are split: one connection with a few requests of this size is what QEMU serves fastest.
    private static final int READ_BYTES = 1 << 20;

    private final Transport transport;
    private final NegotiatedExport export;
    private final PendingCalls pending = new PendingCalls();
    private final ReentrantLock sending = new ReentrantLock();
    private final Thread reader;
    private final AtomicReference<NbdException> abortedBy = new AtomicReference<>();

    private NbdSession(Transport transport, NegotiatedExport export) {
        this.transport = transport;
        this.export = export;
        // A platform thread: a virtual one pays twice the processor time for the many waits within one reply.
        this.reader = Thread.ofPlatform()
                .name("nbd-reader-" + export.info().name())
                .daemon()
                .unstarted(this::readReplies);
    }

    static NbdSession start(Transport transport, NegotiatedExport export) {
        var session = new NbdSession(transport, export);
        session.reader.start();
        return session;
    }

    /// What the server said about the export.
    public ExportInfo info() {
        return export.info();
    }

    /// Fills `into` from `range`, or throws; never a short read. `into` must have room for exactly the range. After
    /// a failure its content is undefined, and it is not touched any more.
    ///
    /// @throws IndexOutOfBoundsException if the range leaves the export
    /// @throws IllegalArgumentException  if it is not aligned to the minimum block size
    /// @throws NbdException.Refused      if the server could not read; the session stays usable
    public void read(ByteRange range, ByteBuffer into, Deadline deadline) throws NbdException {
        if (into.remaining() != range.length()) {
            throw new IllegalArgumentException(into.remaining() + " bytes of room for " + range);
        }
        check(range);
        int piece = maximumRead();
        var calls = new ArrayList<ReadCall>();
        var join = new CallJoin(Math.ceilDiv(into.remaining(), piece));
        for (int done = 0; done < range.length(); done += piece) {
            int length = (int) Math.min(piece, range.length() - done);
            var target = PageSpan.of(into.slice(into.position() + done, length));
            calls.add(new ReadCall(new ByteRange(range.offset() + done, length), target, join));
        }
        calls.forEach(this::submit);
        await(join, "read", deadline);
        calls.forEach(ReadCall::fillHoles);
        into.position(into.limit());
    }

    /// The status of `range` in each negotiated context.
    ///
    /// @return per context consecutive extents from the start of the range. The server chooses how far they go:
    ///     at least one byte, and maybe beyond the end of the range
    /// @throws IllegalStateException if no context was negotiated
    public Map<ContextName, List<Extent>> blockStatus(ByteRange range, Deadline deadline) throws NbdException {
        if (info().contexts().isEmpty()) {
            throw new IllegalStateException("no metadata context was negotiated");
        }
        check(range);
        if (range.isEmpty() || range.length() > 0xffff_ffffL) {
            throw new IllegalArgumentException("cannot ask for the status of " + range.length() + " bytes");
        }
        var join = new CallJoin(1);
        var call = new StatusCall(range, info().contexts(), join);
        submit(call);
        await(join, "block status", deadline);
        var result = new HashMap<ContextName, List<Extent>>();
        call.extents().forEach((context, extents) -> result.put(context, extents.toList()));
        return result;
    }

    /// Writes what remains in `from` at `offset`: at most the maximum payload.
    public void write(long offset, ByteBuffer from, Deadline deadline) throws NbdException {
        if (from.remaining() > info().blockSizes().maximumPayload()) {
            throw new IllegalArgumentException("cannot write " + from.remaining() + " bytes at once");
        }
        plain(Command.WRITE, new ByteRange(offset, from.remaining()), from, deadline);
    }

    /// Makes what was written durable. Does nothing if the server does not offer it.
    public void flush(Deadline deadline) throws NbdException {
        if (TransmissionFlag.SEND_FLUSH.isIn(export.flags())) {
            plain(Command.FLUSH, new ByteRange(0, 0), ByteBuffer.allocate(0), deadline);
        }
    }

    /// Says that the content of `range`, below 4 GiB long, is not needed any more.
    public void trim(ByteRange range, Deadline deadline) throws NbdException {
        plain(Command.TRIM, range, ByteBuffer.allocate(0), deadline);
    }

    /// Makes `range`, below 4 GiB long, read as zeroes.
    public void writeZeroes(ByteRange range, Deadline deadline) throws NbdException {
        plain(Command.WRITE_ZEROES, range, ByteBuffer.allocate(0), deadline);
    }

    /// Why the session cannot be used any more; empty while it can.
    public Optional<NbdException> failure() {
        return Optional.ofNullable(abortedBy.get());
    }

    /// Says `NBD_CMD_DISC` and closes the connection. Requests in flight fail. Waits until `deadline` at most for
    /// that and for the reader thread. Idempotent.
    public void close(Deadline deadline) {
        if (abortedBy.get() == null) {
            sayGoodbye(deadline);
        }
        abort(new NbdException.Disconnected("the session was closed", null));
        awaitReader(deadline);
    }

    /// The same with a second's time.
    @Override
    public void close() {
        close(Deadline.in(Duration.ofSeconds(1)));
    }

    /// Sends a request. Its completion runs on the reader thread, or on this one if the session is closed.
    void submit(Call call) {
        send(call, ByteBuffer.allocate(0));
    }

    /// The most bytes of one [ReadCall].
    int maximumRead() {
        int most = Math.min(READ_BYTES, info().blockSizes().maximumPayload());
        return most - most % info().blockSizes().minimum();
    }

    /// Gives up on a server that has left a request unanswered for `limit`.
    void abortIfStalled(Duration limit) {
        if (pending.longestWait().compareTo(limit) >= 0) {
            abort(new NbdException.TimedOut(
                    "%s has not answered for export '%s' for %s".formatted(transport, info().name(), limit)));
        }
    }

    /// Closes the connection at once; all calls fail with `cause`, or with that of an earlier abort.
    void abort(NbdException cause) {
        if (abortedBy.compareAndSet(null, cause)) {
            LOG.debug("session ends peer={} export={} cause={}", transport, info().name(), cause.getMessage());
        }
        transport.close();
    }

    private void plain(Command command, ByteRange range, ByteBuffer content, Deadline deadline) throws NbdException {
        check(range);
        var join = new CallJoin(1);
        try (var _ = new DeadlineGuard(() -> abort(timedOut(command.name(), deadline)), deadline)) {
            send(new PlainCall(command, 0, range, join), content);
            await(join, command.name(), deadline);
        }
    }

    private void send(Call call, ByteBuffer content) {
        pending.open(call).ifPresent(cookie -> {
            var header = new Request(
                    call.flags(),
                    call.command().wireValue(),
                    cookie,
                    call.range().offset(),
                    call.range().length());
            sending.lock();
            try {
                transport.writeFully(header.encode(), content);
            } catch (IOException e) {
                LOG.debug("sending failed peer={}", transport, e);
                transport.close(); // the reader finds out, and fails the call
            } finally {
                sending.unlock();
            }
        });
    }

    private void await(CallJoin join, String what, Deadline deadline) throws NbdException {
        if (!join.await(deadline)) {
            abort(timedOut(what, deadline));
            join.awaitEnd(); // until the reader has let go of the caller's memory
        }
        join.throwFailure();
    }

    private NbdException.TimedOut timedOut(String what, Deadline deadline) {
        return new NbdException.TimedOut(
                "%s had no reply to %s within %s".formatted(transport, what, deadline.limit()));
    }

    private void sayGoodbye(Deadline deadline) {
        try {
            if (!sending.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        try (var _ = new DeadlineGuard(transport::close, deadline)) {
            transport.writeFully(new Request(0, Command.DISC.wireValue(), 0, 0, 0).encode());
        } catch (IOException e) {
            LOG.debug("no goodbye peer={}", transport, e);
        } finally {
            sending.unlock();
        }
    }

    private void awaitReader(Deadline deadline) {
        try {
            reader.join(deadline.remaining());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void readReplies() {
        NbdException cause;
        try {
            var replies = new ReplyReader(transport, export, pending);
            while (true) {
                replies.readNext();
            }
        } catch (NbdException e) {
            cause = e;
        } catch (IOException e) {
            cause = new NbdException.Disconnected("%s: %s".formatted(transport, e), e);
        } catch (RuntimeException e) {
            LOG.error("reading replies failed peer={}", transport, e);
            cause = new NbdException.Disconnected("%s: internal error: %s".formatted(transport, e), e);
        }
        abort(cause);
        pending.failAll(abortedBy.get());
    }

    private void check(ByteRange range) {
        if (range.end() > info().sizeBytes()) {
            throw new IndexOutOfBoundsException(
                    range + " leaves export '%s' of %d bytes".formatted(info().name(), info().sizeBytes()));
        }
        int minimum = info().blockSizes().minimum();
        if (range.offset() % minimum != 0 || range.length() % minimum != 0) {
            throw new IllegalArgumentException(range + " is not aligned to the minimum block size " + minimum);
        }
    }
}
