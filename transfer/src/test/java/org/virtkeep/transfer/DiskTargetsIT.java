package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.ContentHash;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.testkit.Images;
import org.virtkeep.transfer.DiskTargets.Format;

/// Images as restores write them, judged by qemu-img.
@Tag("qemu")
class DiskTargetsIT {
    @TempDir
    Path dir;

    private static DiskInfo disk(long size, Map<String, String> labels) {
        return new DiskInfo("vda", size, ContentHash.ZERO, ContentHash.ZERO, 0, labels);
    }

    @Test
    void qcow2ImagesOfEverySizeAndClusterAreSound() throws IOException {
        long seed = Long.getLong("property.seed", System.nanoTime());
        var random = new SplittableRandom(seed);
        for (int cluster : new int[] {4096, 65536, 65536, 1 << 20, 1 << 21}) {
            long size = 512L * random.nextLong(1, 200_000);
            Path image = Files.createTempFile(dir, "image", "");
            Path expected = Images.raw(Files.createTempFile(dir, "raw", ""), Long.toString(size));
            var disk = disk(size, Map.of("cluster_size", Integer.toString(cluster), "lazy_refcounts", "on"));
            try (DiskTarget target = DiskTargets.image(image, Format.QCOW2, disk, true);
                    FileChannel mirror = FileChannel.open(expected, StandardOpenOption.WRITE)) {
                writePieces(target, mirror, size, random);
                target.finish();
            }
            Images.requireClean(image);
            Images.requireSame(image, "qcow2", expected, "raw");
            assertThat(Images.info(image).path("cluster-size").asInt())
                    .as("seed %d", seed)
                    .isEqualTo(cluster);
        }
    }

    @Test
    void qcow2ImagesAreMadeLikeTheOriginal() throws IOException {
        var random = new SplittableRandom(5);
        for (String bits : new String[] {"1", "2", "4", "8", "16", "32", "64"}) {
            for (String extended : new String[] {"on", "off"}) {
                String options = "cluster_size=16k,refcount_bits=%s,extended_l2=%s".formatted(bits, extended);
                Path original = Images.qcow2(dir.resolve("original"), "70M", options);
                Qcow2Header header = Qcow2Header.read(original).orElseThrow();
                Path image = dir.resolve("image");
                Path expected = Images.raw(dir.resolve("raw"), "70M");
                try (DiskTarget target = DiskTargets.image(image, Format.QCOW2, disk(70 << 20, header.labels()), true);
                        FileChannel mirror = FileChannel.open(expected, StandardOpenOption.WRITE)) {
                    writePieces(target, mirror, 70 << 20, random);
                    target.finish();
                }
                Images.requireClean(image);
                Images.requireSame(image, "qcow2", expected, "raw");
                assertThat(Qcow2Header.read(image)).as(options).contains(header);
                Images.io(image, "qcow2", "write -P 3 3000k 5M"); // its tables can be worked with
                Images.requireClean(image);
            }
        }
    }

    /// As a restore does: in order, with gaps, in pieces of chunks.
    private static void writePieces(DiskTarget target, FileChannel mirror, long size, SplittableRandom random)
            throws IOException {
        for (long at = 0; at < size; at += 64 << 10) {
            if (random.nextInt(3) == 0) {
                at += 65536L * random.nextInt(60);
                continue;
            }
            byte[] bytes = new byte[(int) Math.min(size - at, (64 << 10) * random.nextLong(1, 5))];
            random.nextBytes(bytes);
            target.write(at, ByteBuffer.wrap(bytes));
            mirror.write(ByteBuffer.wrap(bytes), at);
            at += Math.ceilDiv(bytes.length, 65536) * 65536L - 65536;
        }
    }

    @Test
    void anEmptyDiskOfATebibyteTakesNoSpace() throws IOException {
        Path image = dir.resolve("big.qcow2");
        try (DiskTarget target = DiskTargets.image(image, Format.QCOW2, disk(1L << 40, Map.of()), false)) {
            target.write((1L << 40) - 512, ByteBuffer.allocate(512).put(0, (byte) 7));
            target.finish();
        }
        Images.requireClean(image);
        assertThat(Files.size(image)).isLessThan(1 << 20);
        assertThat(Images.info(image).path("virtual-size").asLong()).isEqualTo(1L << 40);
    }

    @Test
    void aRawImageIsSparse() throws IOException {
        Path image = dir.resolve("vda.raw");
        try (DiskTarget target = DiskTargets.image(image, Format.RAW, disk(1L << 30, Map.of()), false)) {
            target.write(1 << 20, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            target.finish();
        }
        assertThat(Files.size(image)).isEqualTo(1L << 30);
        assertThat(Images.info(image).path("actual-size").asLong()).isLessThan(1 << 20);
    }

    @Test
    void whatIsNotWholeHasNoFinalNameAndReplacesNothing() throws IOException {
        Path image = Files.writeString(dir.resolve("vda.qcow2"), "precious");
        var disk = disk(1 << 20, Map.of());
        assertThatThrownBy(() -> DiskTargets.image(image, Format.QCOW2, disk, false))
                .isInstanceOf(FileAlreadyExistsException.class);
        try (DiskTarget target = DiskTargets.image(image, Format.QCOW2, disk, true)) {
            target.write(0, ByteBuffer.allocate(1000));
            assertThatThrownBy(() -> DiskTargets.image(image, Format.QCOW2, disk, true))
                    .isInstanceOf(VirtException.class)
                    .hasMessageContaining("is being written by another");
        }
        assertThat(image).hasContent("precious");
        assertThat(dir.resolve("vda.qcow2.partial")).exists();
        try (DiskTarget target = DiskTargets.image(image, Format.QCOW2, disk, true)) {
            target.finish();
        }
        Images.requireClean(image);
        assertThat(dir.resolve("vda.qcow2.partial")).doesNotExist();
    }
}
