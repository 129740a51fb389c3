package org.virtkeep.transfer;

import java.io.IOException;
import java.util.Optional;
import org.virtkeep.repository.BackupReader;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.repository.RestoreStream;

/// Brings back one disk of a backup. Every chunk is compared with its hash before a byte of it is
/// written.
public final class DiskRestore {
    private final BackupReader reader;
    private final CancelToken cancel;
    private final TransferProgress progress;

    /// @param progress counts this disk
    public DiskRestore(BackupReader reader, CancelToken cancel, TransferProgress progress) {
        this.reader = reader;
        this.cancel = cancel;
        this.progress = progress;
    }

    /// Writes the disk to `target` and finishes it; the caller closes it.
    ///
    /// @return how many bytes of data there were, zeros not counted
    /// @throws org.virtkeep.repository.RepositoryException if a part is missing or damaged; the target
    ///     is not whole
    /// @throws java.util.concurrent.CancellationException if it was cancelled; likewise
    public long run(String disk, DiskTarget target) throws IOException {
        DiskInfo info = reader.disk(disk).info();
        progress.expect(info.sizeBytes());
        long written = 0;
        long at = 0;
        try (RestoreStream stream = reader.disk(disk).stream(reader.all(disk))) {
            for (Optional<RestoreStream.Data> next = stream.next(); next.isPresent(); next = stream.next()) {
                cancel.throwIfCancelled();
                long offset = next.get().offset();
                int length = next.get().bytes().remaining();
                target.write(offset, next.get().bytes());
                progress.skipped(offset - at);
                progress.moved(length);
                at = offset + length;
                written += length;
            }
        }
        target.finish();
        progress.skipped(info.sizeBytes() - at);
        return written;
    }
}
