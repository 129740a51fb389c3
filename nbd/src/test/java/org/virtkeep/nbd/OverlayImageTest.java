package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;

class OverlayImageTest {
    private static final int BLOCK = OverlayFile.BLOCK_BYTES;
    private static final int SIZE = 20 * BLOCK + 1234;
    private static final int MAP = OverlayHeader.BYTES;

    @TempDir
    private Path dir;

    private final byte[] identity = new byte[32];
    private final ArrayImage base = ArrayImage.random(5, SIZE);

    private Path path() {
        return dir.resolve("overlay");
    }

    private OverlayImage open() throws IOException {
        return OverlayImage.open(path(), identity, base);
    }

    private static byte[] read(ServedImage image) throws IOException {
        ByteBuffer content = ByteBuffer.allocate((int) image.sizeBytes());
        image.read(0, content);
        return content.array();
    }

    /// Writes, zeroes and discards at random, against an array; reopens now and then.
    @Test
    void isWhatWasWrittenOnTopOfTheBase() throws IOException {
        long seed = Long.getLong("property.seed", System.nanoTime());
        var random = new SplittableRandom(seed);
        byte[] model = base.content.clone();
        OverlayImage image = open();
        for (int step = 0; step < 400; step++) {
            int from = random.nextInt(SIZE);
            int length = random.nextInt(1, Math.min(SIZE - from, random.nextBoolean() ? 5000 : 5 * BLOCK) + 1);
            switch (random.nextInt(8)) {
                case 0 -> {
                    image.zero(new ByteRange(from, length));
                    Arrays.fill(model, from, from + length, (byte) 0);
                }
                case 1 -> {
                    image.discard(new ByteRange(from, length));
                    byte[] now = read(image);
                    assertDiscarded(model, now, from, length, seed);
                    model = now;
                }
                case 2 -> image.flush();
                case 3 -> {
                    image.close();
                    image = open();
                }
                default -> {
                    byte[] data = new byte[length];
                    random.nextBytes(data);
                    image.write(from, ByteBuffer.wrap(data));
                    System.arraycopy(data, 0, model, from, length);
                }
            }
            assertThat(Arrays.equals(read(image), model))
                    .as("seed %d, step %d", seed, step)
                    .isTrue();
        }
        assertThat(base.content).isEqualTo(ArrayImage.random(5, SIZE).content);
        assertAllocation(image, model, seed);
        image.close();
    }

    /// Each byte in the range is as before or zero; all others are as before.
    private static void assertDiscarded(byte[] before, byte[] now, int from, int length, long seed) {
        for (int at = 0; at < now.length; at++) {
            boolean inside = at >= from && at < from + length;
            if (now[at] != before[at] && !(inside && now[at] == 0)) {
                throw new AssertionError("seed %d: byte %d became %d".formatted(seed, at, now[at]));
            }
        }
    }

    private static void assertAllocation(OverlayImage image, byte[] model, long seed) throws IOException {
        long at = 0;
        while (at < SIZE) {
            for (Extent extent : image.allocation(new ByteRange(at, SIZE - at))) {
                assertThat(extent.range().offset()).isEqualTo(at);
                for (long zero = at;
                        (extent.flags() & 2) != 0 && zero < extent.range().end();
                        zero++) {
                    assertThat(model[(int) zero])
                            .as("seed %d, byte %d", seed, zero)
                            .isZero();
                }
                at = extent.range().end();
            }
        }
        assertThat(at).isEqualTo(SIZE);
    }

    /// What a power cut may leave: the states as they were flushed last, or while they were being flushed each byte old
    /// or new; data sectors old or new, unless the flush had come to the states.
    @Test
    void whatWasFlushedSurvivesAPowerCut() throws IOException {
        long seed = Long.getLong("property.seed", System.nanoTime());
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 40; round++) {
            Files.deleteIfExists(path());
            byte[] oldContent;
            byte[] newContent;
            byte[] oldFile;
            byte[] newFile;
            try (OverlayImage image = open()) {
                write(image, random);
                image.flush();
                oldContent = read(image);
                oldFile = Files.readAllBytes(path());
                write(image, random);
                newContent = read(image);
                image.flush();
                newFile = Files.readAllBytes(path());
            }
            boolean whileStatesAreWritten = random.nextBoolean();
            Files.write(path(), cut(oldFile, newFile, whileStatesAreWritten, random));
            try (OverlayImage image = open()) {
                byte[] found = read(image);
                for (int at = 0; at < SIZE; at++) {
                    if (found[at] != oldContent[at] && found[at] != newContent[at]) {
                        throw new AssertionError("seed %d, round %d: byte %d".formatted(seed, round, at));
                    }
                }
            }
        }
    }

    private static void write(OverlayImage image, SplittableRandom random) throws IOException {
        for (int block = 0; block <= SIZE / BLOCK; block++) {
            int start = block * BLOCK;
            int length = Math.min(BLOCK, SIZE - start);
            byte[] data = new byte[random.nextInt(1, length + 1)];
            random.nextBytes(data);
            switch (random.nextInt(4)) {
                case 0 -> image.write(start + random.nextInt(length - data.length + 1), ByteBuffer.wrap(data));
                case 1 -> image.zero(new ByteRange(start, length));
                case 2 -> image.write(start, ByteBuffer.wrap(Arrays.copyOf(data, length)));
                default -> {}
            }
        }
    }

    private static byte[] cut(byte[] before, byte[] after, boolean whileStatesAreWritten, SplittableRandom random) {
        byte[] file = Arrays.copyOf(before, Math.max(before.length, after.length));
        if (whileStatesAreWritten) {
            for (int at = MAP; at < MAP + 4096; at++) {
                file[at] = random.nextBoolean() ? after[at] : file[at];
            }
        }
        for (int at = BLOCK; at < after.length; at += 512) { // the first block is header and states
            if (whileStatesAreWritten || random.nextBoolean()) {
                System.arraycopy(after, at, file, at, Math.min(512, after.length - at));
            }
        }
        return file;
    }

    @Test
    void isForOneContentAndOneServer() throws IOException {
        try (OverlayImage image = open()) {
            image.write(0, ByteBuffer.wrap(new byte[] {1}));
            assertThatThrownBy(this::open).isInstanceOf(OverlayException.class).hasMessageContaining("is in use");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-------");
        byte[] other = identity.clone();
        other[31] = 1;
        assertThatThrownBy(() -> OverlayImage.open(path(), other, base))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("belongs to another restore point");
        assertThatThrownBy(() -> OverlayImage.open(path(), identity, new ArrayImage(new byte[SIZE + 1])))
                .isInstanceOf(OverlayException.class);
        byte[] bytes = Files.readAllBytes(path());
        bytes[20] ^= 1;
        Files.write(path(), bytes);
        assertThatThrownBy(this::open).hasMessageContaining("header of overlay").hasMessageContaining("is damaged");
    }

    @Test
    void leavesOtherFilesAlone() throws IOException {
        for (int length : new int[] {1, 100, 4095, 4096, 100_000}) {
            byte[] letter = new byte[length];
            Arrays.fill(letter, (byte) 'x');
            Files.write(path(), letter);
            assertThatThrownBy(this::open).isInstanceOf(OverlayException.class).hasMessageContaining("is no overlay");
            assertThat(Files.readAllBytes(path())).isEqualTo(letter);
        }
    }

    @Test
    void beginsAgainWhereItsCreationWasInterrupted() throws IOException {
        open().close();
        byte[] whole = Files.readAllBytes(path());
        for (int length : new int[] {0, 8, 512, 4000}) {
            Files.write(path(), Arrays.copyOf(whole, length), StandardOpenOption.TRUNCATE_EXISTING);
            try (OverlayImage image = open()) {
                assertThat(Arrays.equals(read(image), base.content))
                        .as("%d bytes", length)
                        .isTrue();
            }
        }
    }
}
