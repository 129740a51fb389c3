package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.nbd.ContextName;
import org.virtkeep.nbd.Extent;
import org.virtkeep.nbd.NbdException;
import org.virtkeep.nbd.NbdNegotiation;
import org.virtkeep.nbd.NbdReader;
import org.virtkeep.nbd.NbdSession;

/// One frozen disk of a pull job, as its NBD export shows it. Content is read from QEMU itself where that is offered.
/// Thread-safe. Owns its connections.
final class DiskExport implements AutoCloseable, CopySource {
    /// With one, and several requests in flight, QEMU is fastest.
    private static final int CONNECTIONS = 1;

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);

    /// Longer than a host's disk may take to answer while it is overloaded; a dead one is noticed
    /// earlier by QEMU.
    private static final Duration REQUEST_LIMIT = Duration.ofMinutes(5);

    private final NbdReader reader;
    private final Optional<ContextName> changes;
    private final Optional<DirectExport> direct;

    private DiskExport(NbdReader reader, Optional<ContextName> changes, Optional<DirectExport> direct) {
        this.reader = reader;
        this.changes = changes;
        this.direct = direct;
    }

    /// Connects. If the connection breaks while the job goes on, it is made again: the disk stays frozen for as
    /// long as the job runs.
    ///
    /// @param bitmap NAME of the context `qemu:dirty-bitmap:NAME` of what changed; empty to want
    ///     everything
    /// @param direct belongs to the export from now on
    /// @throws IOException if the export cannot be used, or does not have the bitmap
    static DiskExport connect(PullJob job, String name, Optional<String> bitmap, Optional<DirectExport> direct)
            throws IOException {
        Optional<ContextName> changes = bitmap.map(ContextName::dirtyBitmap);
        var isFirst = new AtomicBoolean(true);
        NbdReader.Connector connector = () -> {
            if (!isFirst.getAndSet(false)) { // the job has only just begun then
                job.requireRunning();
            }
            return connect(job.server(), name, changes);
        };
        try {
            return new DiskExport(NbdReader.open(connector, CONNECTIONS, NbdReader.Retry.DEFAULT), changes, direct);
        } catch (IOException | RuntimeException e) {
            direct.ifPresent(DirectExport::close);
            throw e;
        }
    }

    private static NbdSession connect(NbdAddress address, String name, Optional<ContextName> changes)
            throws NbdException {
        Deadline deadline = Deadline.in(CONNECT_LIMIT);
        try (var negotiation = NbdNegotiation.connect(address, deadline)) {
            var wanted = new ArrayList<ContextName>();
            wanted.add(ContextName.BASE_ALLOCATION);
            changes.ifPresent(wanted::add);
            List<ContextName> granted = negotiation.requestContexts(name, wanted);
            if (changes.isPresent() && !granted.contains(changes.get())) {
                throw new NbdException.Protocol(
                        "export '%s' does not tell what changed: it has no '%s'".formatted(name, changes.get()));
            }
            return negotiation.go(name);
        }
    }

    /// Whether content is read from QEMU itself.
    boolean isDirect() {
        return direct.isPresent();
    }

    @Override
    public long sizeBytes() {
        return reader.info().sizeBytes();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        var range = new ByteRange(offset, into.remaining());
        if (direct.isEmpty() || !direct.get().read(range, into, Deadline.in(REQUEST_LIMIT))) {
            reader.read(range, into, Deadline.in(REQUEST_LIMIT));
        }
    }

    @Override
    public void visit(ByteRange range, PieceQueue.Visitor visitor) throws IOException {
        if (reader.info().contexts().isEmpty()) {
            visitor.extent(range, true, false);
            return;
        }
        for (long at = range.offset(); at < range.end(); ) {
            var rest = new ByteRange(at, range.end() - at);
            Map<ContextName, List<Extent>> status = reader.blockStatus(rest, Deadline.in(REQUEST_LIMIT));
            at = combine(status, at, visitor);
        }
    }

    /// @return where what is known of all contexts ends
    private long combine(Map<ContextName, List<Extent>> status, long from, PieceQueue.Visitor visitor) {
        var ends = status.values().stream()
                .mapToLong(extents -> extents.getLast().range().end());
        long end = ends.min().orElseThrow();
        List<Extent> allocation = status.getOrDefault(
                ContextName.BASE_ALLOCATION, List.of(new Extent(new ByteRange(from, end - from), 0)));
        List<Extent> dirty =
                changes.map(status::get).orElseGet(() -> List.of(new Extent(new ByteRange(from, end - from), 1)));
        int i = 0;
        int j = 0;
        for (long at = from; at < end; ) {
            Extent stored = allocation.get(i);
            Extent changed = dirty.get(j);
            long until =
                    Math.min(end, Math.min(stored.range().end(), changed.range().end()));
            boolean zero = (stored.flags() & ContextName.STATE_ZERO) != 0;
            visitor.extent(new ByteRange(at, until - at), changed.flags() != 0, zero);
            i += stored.range().end() <= until ? 1 : 0;
            j += changed.range().end() <= until ? 1 : 0;
            at = until;
        }
        return end;
    }

    @Override
    public void close() {
        direct.ifPresent(DirectExport::close);
        reader.close();
    }
}
