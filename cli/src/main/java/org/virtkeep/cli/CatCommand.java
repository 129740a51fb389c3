package org.virtkeep.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.virtkeep.model.ByteRange;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskReader;
import org.virtkeep.repository.ReadSession;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RestoreStream;

final class CatCommand extends PointCommand {
    private static final byte[] ZEROS = new byte[64 << 10];

    private String disk;
    private Long offset;
    private Long length;

    @Override
    Manual manual() {
        return Manual.of("write the bytes of a backed-up disk to standard output")
                .description(
                        "Writes a disk of a backup as it was, byte by byte, or a part of it. Every chunk is checked before a byte of it "
                                + "is written.",
                        "For single files in it, serve the disk and mount it: 'virtkeep help serve' has an example with guestfish.")
                .examples(
                        "virtkeep cat web1@2026-11-20 --repo /backup --disk vda | ssh host 'dd of=/dev/vg/web1'",
                        "virtkeep cat web1 --repo /backup --disk vda --length 512 | xxd",
                        "    the newest backup's boot sector");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text(
                "--disk",
                "DISK",
                "the disk's target, such as vda; needed if the backup has several",
                word -> disk = word);
        options.size("--offset", "SIZE", "where to begin", size -> offset = size);
        options.size("--length", "SIZE", "how much to write at most; else all that follows", size -> length = size);
    }

    @Override
    void run(Repository repository, BackupInfo found, Output output) throws IOException {
        try (ReadSession session = repository.beginRead(found.id())) {
            DiskReader reader = session.reader().disk(DiskChoice.one(found, Optional.ofNullable(disk)));
            long size = reader.info().sizeBytes();
            long start = offset == null ? 0 : offset;
            if (start > size) {
                throw usage("disk '%s' has %d bytes, it cannot be read from %d on"
                        .formatted(reader.info().name(), size, start));
            }
            long count = length == null ? size - start : Math.min(length, size - start);
            copy(reader, new ByteRange(start, count), program().surroundings().out(), output);
        }
    }

    private static void copy(DiskReader reader, ByteRange range, OutputStream out, Output output) throws IOException {
        long at = range.offset();
        try (RestoreStream stream = reader.stream(range)) {
            Optional<RestoreStream.Data> data = stream.next();
            while (data.isPresent() && output.flush()) {
                zeros(out, data.get().offset() - at);
                at = data.get().offset() + write(out, data.get().bytes());
                data = stream.next();
            }
        }
        if (output.flush()) { // else nobody reads any more, or the disk is full, which is told at the end
            zeros(out, range.end() - at);
        }
    }

    private static long write(OutputStream out, ByteBuffer bytes) throws IOException {
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        return bytes.remaining();
    }

    private static void zeros(OutputStream out, long count) throws IOException {
        for (long left = count; left > 0; left -= ZEROS.length) {
            out.write(ZEROS, 0, (int) Math.min(ZEROS.length, left));
        }
    }
}
