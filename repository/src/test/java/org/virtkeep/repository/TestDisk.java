package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.virtkeep.model.ByteRange;

/// A small disk of a made-up guest, and which of its chunks it wrote since the last backup.
final class TestDisk {
    static final int CHUNK_BYTES = 64 << 10;

    final String name;
    byte[] bytes;
    final BitSet dirty = new BitSet();

    TestDisk(String name, int sizeBytes) {
        this.name = name;
        this.bytes = new byte[sizeBytes];
    }

    int chunks() {
        return Math.ceilDiv(bytes.length, CHUNK_BYTES);
    }

    DiskSpec spec() {
        return new DiskSpec(name, bytes.length);
    }

    /// The guest writes `count` chunks: random, compressible, zeros, or the content of another chunk.
    void write(int count, RandomGenerator random) {
        for (int write = 0; write < count && chunks() > 0; write++) {
            int chunk = random.nextInt(chunks());
            int start = chunk * CHUNK_BYTES;
            int end = Math.min(bytes.length, start + CHUNK_BYTES);
            switch (random.nextInt(5)) {
                case 0 -> Arrays.fill(bytes, start, end, (byte) 0);
                case 1 -> {
                    int from = random.nextInt(chunks()) * CHUNK_BYTES;
                    System.arraycopy(bytes, from, bytes, start, Math.min(end - start, bytes.length - from));
                }
                case 2 -> Arrays.fill(bytes, start, end, (byte) random.nextInt());
                default -> {
                    byte[] noise = new byte[end - start];
                    random.nextBytes(noise);
                    System.arraycopy(noise, 0, bytes, start, noise.length);
                }
            }
            dirty.set(chunk);
        }
    }

    void resize(int sizeBytes) {
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, sizeBytes);
        if (sizeBytes > before && before % CHUNK_BYTES != 0) {
            dirty.set(before / CHUNK_BYTES);
        }
    }

    /// Puts what is dirty, or everything.
    void backUp(DiskWriter writer, boolean all) throws IOException {
        for (int chunk = 0; chunk < chunks(); chunk++) {
            if (all || dirty.get(chunk)) {
                int start = chunk * CHUNK_BYTES;
                writer.put(chunk, ByteBuffer.wrap(bytes, start, Math.min(CHUNK_BYTES, bytes.length - start)));
            }
        }
    }

    /// Reads a disk back through the stream and by ranged reads, and compares.
    static byte[] read(BackupReader backup, String disk) throws IOException {
        DiskReader reader = backup.disk(disk);
        byte[] restored = new byte[(int) reader.info().sizeBytes()];
        try (RestoreStream stream = reader.stream(new ByteRange(0, restored.length))) {
            for (Optional<RestoreStream.Data> data = stream.next(); data.isPresent(); data = stream.next()) {
                ByteBuffer bytes = data.get().bytes();
                bytes.get(restored, (int) data.get().offset(), bytes.remaining());
            }
        }
        return restored;
    }

    void assertRestores(Repository repository, String backup) throws IOException {
        assertThat(Arrays.equals(read(repository.reader(backup), name), bytes))
                .as("disk '%s' of backup '%s' has the bytes of its instant", name, backup)
                .isTrue();
    }
}
