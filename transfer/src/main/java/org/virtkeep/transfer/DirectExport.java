package org.virtkeep.transfer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.nbd.NbdException;
import org.virtkeep.nbd.RelayedExport;
import org.virtkeep.nbd.UpstreamReader;

/// The content of one frozen disk, read from QEMU itself. Only faster than the job's server: what it cannot do, the
/// server can. Thread-safe. Owns its connections.
final class DirectExport implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectExport.class);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

    private final BackupUpstream upstream;
    private final String disk;
    private final UpstreamReader reader;

    private DirectExport(BackupUpstream upstream, String disk, UpstreamReader reader) {
        this.upstream = upstream;
        this.disk = disk;
        this.reader = reader;
    }

    /// Empty if it is not to be had, for example because QEMU runs as another user.
    static Optional<DirectExport> connect(BackupUpstream upstream, String disk) {
        return upstream.disks().stream()
                .filter(each -> each.name().equals(disk))
                .findFirst()
                .flatMap(found -> connect(upstream, found));
    }

    private static Optional<DirectExport> connect(BackupUpstream upstream, BackupUpstream.Disk disk) {
        var export = new RelayedExport(
                disk.name(),
                disk.socket(),
                disk.export(),
                Map.of(),
                false,
                disk.fleecing().map(parts -> new RelayedExport.Fleecing(parts.live(), parts.scratch())));
        try {
            var reader = UpstreamReader.connect(export, Deadline.in(CONNECT_LIMIT));
            return Optional.of(new DirectExport(upstream, disk.name(), reader));
        } catch (NbdException e) {
            LOG.info("not read from QEMU itself disk={} cause={}", disk.name(), e.getMessage());
            return Optional.empty();
        }
    }

    /// Fills `into` from `range`.
    ///
    /// @return false if that cannot be done here; then `into` is as it was, its content aside
    boolean read(ByteRange range, ByteBuffer into, Deadline deadline) {
        if (reader.failure().isPresent() || !reader.canRead(range)) {
            return false;
        }
        int start = into.position();
        try {
            reader.read(range, into, deadline);
        } catch (NbdException e) {
            LOG.info("not read from QEMU itself any more disk={} cause={}", disk, e.getMessage());
            reader.close();
            into.position(start);
            return false;
        }
        upstream.count(disk, range.length());
        return true;
    }

    /// Says goodbye. Idempotent.
    @Override
    public void close() {
        reader.close();
    }
}
