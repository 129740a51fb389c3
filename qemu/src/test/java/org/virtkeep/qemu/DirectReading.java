package org.virtkeep.qemu;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.Connections;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.nbd.NbdException;
import org.virtkeep.nbd.RelayedExport;
import org.virtkeep.nbd.UpstreamReader;

/// A process that reads a pull's first disk from QEMU itself, over and over, until it is stopped or killed:
/// `DirectReading ROOT JOB`. Prints a line when it has read everything once.
final class DirectReading {
    private static final int READERS = 4;
    private static final int PIECE = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private DirectReading() {}

    /// @param arguments root directory, id of the job
    public static void main(String[] arguments) throws NbdException {
        try (var connection = Connections.open("qemu:///embed?root=" + arguments[0]);
                BackupUpstream upstream = BackupUpstream.open(connection.domain("vm"), Integer.parseInt(arguments[1]))
                        .orElseThrow();
                UpstreamReader reader = connect(upstream.disks().getFirst())) {
            readAll(upstream, reader);
            System.out.println("read");
            for (int i = 0; i < READERS; i++) {
                Thread.ofPlatform().start(() -> readForEver(upstream, reader));
            }
            readForEver(upstream, reader);
        }
    }

    static UpstreamReader connect(BackupUpstream.Disk disk) throws NbdException {
        var export = new RelayedExport(
                disk.name(),
                disk.socket(),
                disk.export(),
                Map.of(),
                false,
                disk.fleecing().map(parts -> new RelayedExport.Fleecing(parts.live(), parts.scratch())));
        return UpstreamReader.connect(export, Deadline.in(LIMIT));
    }

    private static void readForEver(BackupUpstream upstream, UpstreamReader reader) {
        Optional<NbdException> failure = Optional.empty();
        while (failure.isEmpty()) {
            try {
                readAll(upstream, reader);
            } catch (NbdException e) {
                failure = Optional.of(e);
            }
        }
        System.out.println(failure.get().getMessage());
        Runtime.getRuntime().halt(1);
    }

    static byte[] readAll(BackupUpstream upstream, UpstreamReader reader) throws NbdException {
        byte[] all = new byte[(int) reader.sizeBytes()];
        for (int at = 0; at < all.length; at += PIECE) {
            reader.read(new ByteRange(at, PIECE), ByteBuffer.wrap(all, at, PIECE), Deadline.in(LIMIT));
            upstream.count("vda", PIECE);
        }
        return all;
    }
}
