package org.virtkeep.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A disk as the host's writer sees it. Each call returns when its work is on the disk.
public interface WriterDisk {

    void write(long offset, byte[] bytes) throws IOException;

    void zero(long offset, int lengthBytes) throws IOException;

    /// May do nothing.
    void discard(long offset, int lengthBytes) throws IOException;

    /// A raw file.
    static WriterDisk of(Path raw) {
        return new WriterDisk() {
            @Override
            public void write(long offset, byte[] bytes) throws IOException {
                try (var file = FileChannel.open(raw, StandardOpenOption.WRITE)) {
                    var buffer = ByteBuffer.wrap(bytes);
                    while (buffer.hasRemaining()) {
                        file.write(buffer, offset + buffer.position());
                    }
                }
            }

            @Override
            public void zero(long offset, int lengthBytes) throws IOException {
                write(offset, new byte[lengthBytes]);
            }

            @Override
            public void discard(long offset, int lengthBytes) {
                // a plain file keeps what it has
            }
        };
    }

    /// A disk of a running machine, written as its guest would ([HaltVm#io]).
    static WriterDisk of(HaltVm vm, String disk) {
        return new WriterDisk() {
            private final Path record = vm.directory().resolve("record-" + disk);

            @Override
            public void write(long offset, byte[] bytes) throws IOException {
                Files.write(record, bytes);
                vm.io(disk, "write -f -s %s %d %d".formatted(record, offset, bytes.length));
            }

            @Override
            public void zero(long offset, int lengthBytes) {
                vm.io(disk, "write -z -u -f %d %d".formatted(offset, lengthBytes));
            }

            @Override
            public void discard(long offset, int lengthBytes) {
                vm.io(disk, "discard %d %d".formatted(offset, lengthBytes));
            }
        };
    }

    /// A writable export of a machine's disk ([HaltVm#load]).
    static WriterDisk of(NbdWriter load) {
        return new WriterDisk() {
            @Override
            public void write(long offset, byte[] bytes) throws IOException {
                load.write(offset, bytes);
            }

            @Override
            public void zero(long offset, int lengthBytes) throws IOException {
                load.writeZeroes(offset, lengthBytes);
            }

            @Override
            public void discard(long offset, int lengthBytes) throws IOException {
                load.trim(offset, lengthBytes);
            }
        };
    }
}
