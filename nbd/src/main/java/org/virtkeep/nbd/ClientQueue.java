package org.virtkeep.nbd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.virtkeep.model.ByteRange;

/// What one client has asked for and the device has not been asked yet. Guarded by the lock of the
/// [RequestScheduler]; only [#sink()] may be used without it.
final class ClientQueue {
    private final DeviceQueue device;
    private final PagePool.Account account;
    private final List<ContextName> contexts;
    private final Deque<ReadRequest> reads = new ArrayDeque<>();
    private final Deque<StatusRequest> statuses = new ArrayDeque<>();
    private ReplySink sink;
    private boolean statusUnderWay;
    private boolean closed;
    private boolean left;

    ClientQueue(DeviceQueue device, PagePool.Account account, List<ContextName> contexts) {
        this.device = device;
        this.account = account;
        this.contexts = contexts;
    }

    DeviceQueue device() {
        return device;
    }

    PagePool.Account account() {
        return account;
    }

    List<ContextName> contexts() {
        return contexts;
    }

    ReplySink sink() {
        return sink;
    }

    /// To be set before the first request.
    void deliverTo(ReplySink target) {
        sink = target;
    }

    void add(ReadRequest request) {
        if (!closed) {
            reads.add(request);
        }
    }

    void add(StatusRequest request) {
        if (!closed) {
            statuses.add(request);
        }
    }

    boolean isEmpty() {
        return reads.isEmpty() && statuses.isEmpty();
    }

    boolean isClosed() {
        return closed;
    }

    /// Forgets what has not been asked of the device.
    void close() {
        closed = true;
        reads.clear();
        statuses.clear();
    }

    /// @return true the first time
    boolean leave() {
        boolean first = !left;
        left = true;
        return first;
    }

    /// True if a block status can be asked for now. A client gets one at a time, so that replies it does not
    /// take stay within its share of the memory.
    boolean isStatusReady(PagePool pool) {
        return !statuses.isEmpty() && !statusUnderWay && pool.available(account) > 0;
    }

    StatusRequest takeStatus() {
        statusUnderWay = true;
        return statuses.remove();
    }

    void statusTaken() {
        statusUnderWay = false;
    }

    /// The next read of the device that would serve this client: the first request, and those that continue it.
    /// Shorter if memory is short and the client holds none; empty if it must wait for memory.
    ByteRange nextRead(PagePool pool) {
        var nothing = new ByteRange(0, 0);
        if (reads.isEmpty()) {
            return nothing;
        }
        ByteRange wanted = device.aligned(adjacentReads());
        int pages = pagesFor(wanted.length());
        int available = pool.available(account);
        if (pages <= available) {
            return wanted;
        }
        if (!account.isEmpty() || reads.element().whole() || available == 0) {
            return nothing;
        }
        return new ByteRange(wanted.offset(), (long) available * PagePool.PAGE_BYTES);
    }

    /// Takes from the requests what lies in `range`, which [#nextRead] gave.
    List<ReadPiece.Part> takeParts(ByteRange range) {
        var parts = new ArrayList<ReadPiece.Part>();
        long at = reads.element().nextOffset();
        while (continuesAt(at) && at < range.end()) {
            ReadRequest request = reads.element();
            if (request.whole() && !parts.isEmpty()) {
                break;
            }
            ByteRange part = request.dispatchUntil(range.end());
            parts.add(new ReadPiece.Part(request, part));
            at = part.end();
            if (request.isDispatched()) {
                reads.remove();
            }
        }
        return parts;
    }

    private boolean continuesAt(long offset) {
        return !reads.isEmpty() && reads.element().nextOffset() == offset;
    }

    static int pagesFor(long bytes) {
        return Math.toIntExact(Math.ceilDiv(bytes, PagePool.PAGE_BYTES));
    }

    private ByteRange adjacentReads() {
        ReadRequest first = reads.element();
        long start = first.nextOffset();
        long limit = device.aligned(new ByteRange(start, 0)).offset() + device.maximumRead();
        long end = start;
        for (ReadRequest next : reads) {
            boolean continues = next == first || next.nextOffset() == end && !first.whole() && !next.whole();
            if (!continues || end >= limit) {
                break;
            }
            end = next.range().end();
        }
        return new ByteRange(start, Math.min(end, limit) - start);
    }
}
