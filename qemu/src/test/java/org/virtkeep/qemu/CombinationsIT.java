package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.Tools;

/// Push and pull, full and incremental, of every kind of image, after everything that may have happened since the base:
/// each combination is tried, printed, and either right by the judge while the writer goes on, or refused because what
/// has changed since the base cannot be known.
@Tag("qemu")
class CombinationsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SIZE = "64M";
    private static final long LARGER_BYTES = 72L << 20;

    /// Beyond what the writer uses, below every layer that a backup may forget.
    private static final String OLD_CONTENT = "-P 0x5a 50M 1M";

    private enum Image {
        QCOW2,
        QCOW2_WITH_BACKING,
        QCOW2_WITH_DATA_FILE,
        RAW;

        /// A `<disk>` on a new image that holds the old content.
        String disk(Path dir, String target) {
            Path file = dir.resolve(target + ".img");
            return switch (this) {
                case QCOW2 -> qcow2(target, written(Images.qcow2(file, SIZE), "qcow2"));
                case QCOW2_WITH_BACKING -> {
                    Path base = written(Images.qcow2(dir.resolve(target + ".lower"), SIZE), "qcow2");
                    yield qcow2(target, Images.overlay(file, base, "qcow2"));
                }
                case QCOW2_WITH_DATA_FILE ->
                    qcow2(target, written(Images.withDataFile(file, dir.resolve(target + ".data"), SIZE), "qcow2"));
                case RAW -> TestDomain.disk(target, written(Images.raw(file, SIZE), "raw"), "raw", "virtio");
            };
        }

        private static String qcow2(String target, Path file) {
            return TestDomain.disk(target, file);
        }

        private static Path written(Path file, String format) {
            Images.io(file, format, "write " + OLD_CONTENT);
            return file;
        }
    }

    private enum Since {
        NOTHING,
        SNAPSHOT,
        COMMIT,
        RESIZE,
        CRASH,
        SHUT_OFF
    }

    private record Combination(Image image, Since since) {

        /// What has changed is known unless QEMU died with it, or ended with bitmaps that the image cannot hold.
        boolean allowsIncrementals() {
            return switch (since) {
                case NOTHING, SNAPSHOT, COMMIT, RESIZE -> true;
                case CRASH -> false;
                case SHUT_OFF -> image != Image.RAW;
            };
        }

        @Override
        public String toString() {
            return (image + " after " + since)
                    .toLowerCase(java.util.Locale.ROOT)
                    .replace('_', ' ');
        }
    }

    @TempDir
    Path dir;

    @TestFactory
    Stream<DynamicTest> aRestorePointIsRightOrRefused() {
        Tools.require("nbdcopy");
        return EnumSet.allOf(Image.class).stream()
                .flatMap(image -> EnumSet.allOf(Since.class).stream().map(since -> new Combination(image, since)))
                .map(combination -> DynamicTest.dynamicTest(combination.toString(), () -> prove(combination)));
    }

    private void prove(Combination combination) throws IOException {
        Path own = Files.createDirectory(dir.resolve(combination.image + "-" + combination.since));
        try (var vm = TestDomain.in(own)
                        .diskElements(combination.image.disk(own, "vda"), combination.image.disk(own, "vdb"))
                        .start();
                var bench = new BackupBench(vm)) {
            new Proof(combination, vm, bench).run();
        }
    }

    /// One combination of image and history, on a domain of its own.
    private static final class Proof {
        private final Combination combination;
        private final TestDomain vm;
        private final BackupBench bench;
        private SequenceWriter writer;
        private boolean shutOff;

        Proof(Combination combination, TestDomain vm, BackupBench bench) {
            this.combination = combination;
            this.vm = vm;
            this.bench = bench;
        }

        void run() {
            writer = bench.writeTo("vda", "vdb");
            writer.start();
            awaitWrites(40);
            bench.requireCompleted(bench.push("", "c0", "base"));
            awaitWrites(20);
            long least = judged("base", List.of(raw("vda", "base"), raw("vdb", "base")));
            happen();
            awaitWrites(20);
            if (combination.allowsIncrementals()) {
                judgedAbove(least, "push incremental", pushed("c0", "inc"));
                judgedAbove(least, "pull incremental", pulled("c0"));
            } else {
                requireRefused("push", () -> bench.push("c0", "", "inc"));
                requireRefused("pull", () -> bench.pull("c0", ""));
            }
            judgedAbove(least, "push full", pushed("", "full"));
            judgedAbove(least, "pull full", pulled(""));
        }

        private void happen() {
            switch (combination.since) {
                case NOTHING -> {}
                case SNAPSHOT -> takeSnapshot();
                case COMMIT -> {
                    takeSnapshot();
                    awaitWrites(20);
                    // Its writes hold QEMU's main loop, which a commit needs to end; a guest's do not.
                    writer.stop();
                    vm.domain().snapshot("s1").delete(Set.of());
                    writer.start();
                }
                case RESIZE -> List.of("vda", "vdb").forEach(this::grow);
                case CRASH -> {
                    vm.killQemu();
                    vm.domain().start(Set.of());
                    writer = bench.resumeOn("vda", "vdb");
                    writer.start();
                }
                case SHUT_OFF -> {
                    writer.stop();
                    shutOff = true;
                    vm.domain().destroy();
                }
            }
        }

        private void takeSnapshot() {
            vm.domain()
                    .snapshotCreate(
                            SnapshotBench.snapshot("s1"),
                            java.util.Optional.empty(),
                            Set.of(SnapshotCreateFlag.DISK_ONLY));
        }

        private void grow(String disk) {
            vm.domain().blockResize(disk, LARGER_BYTES);
            bench.write(disk, "write -f -P 0x6b 70M 1M");
        }

        private void awaitWrites(int records) {
            if (shutOff) {
                return;
            }
            long wanted = writer.sequence() + records;
            Await.until("the writer has written " + records + " more", LIMIT, () -> writer.sequence() >= wanted);
        }

        private List<Path> pushed(String since, String suffix) {
            bench.requireCompleted(bench.push(since, "", suffix));
            if (!since.isEmpty()) {
                for (String disk : List.of("vda", "vdb")) {
                    Shell.run(
                            "qemu-img",
                            "rebase",
                            "-u",
                            "-F",
                            "qcow2",
                            "-b",
                            target(disk, "base"),
                            target(disk, suffix));
                }
            }
            return List.of(raw("vda", suffix), raw("vdb", suffix));
        }

        private String target(String disk, String suffix) {
            return bench.target(disk, suffix).toString();
        }

        private Path raw(String disk, String suffix) {
            Path raw = vm.directory().resolve(disk + "." + suffix + ".raw");
            return Images.convert(bench.target(disk, suffix), "qcow2", raw, "raw");
        }

        private List<Path> pulled(String since) {
            int id = bench.pull(since, "");
            awaitWrites(20);
            List<Path> copies = Stream.of("vda", "vdb")
                    .map(disk -> since.isEmpty()
                            ? bench.copy(disk, disk + ".pull")
                            : bench.patched(disk, vm.directory().resolve(disk + ".base.raw"), disk + ".patched"))
                    .toList();
            vm.domain().backupEnd(id, Set.of());
            return copies;
        }

        private void judgedAbove(long least, String what, List<Path> copies) {
            assertThat(judged(what, copies)).isGreaterThanOrEqualTo(least);
            if (combination.since == Since.RESIZE) {
                for (Path copy : copies) {
                    assertThat(copy.toFile().length()).isEqualTo(LARGER_BYTES);
                    Images.io(copy, "raw", "read -P 0x6b 70M 1M");
                }
            }
        }

        private long judged(String what, List<Path> copies) {
            copies.forEach(copy -> Images.io(copy, "raw", "read " + OLD_CONTENT));
            long record = Judge.requireRight(copies.toArray(Path[]::new));
            System.out.printf("%s, %s: right at record %d%n", combination, what, record);
            return record;
        }

        private void requireRefused(String mode, Runnable begin) {
            try {
                begin.run();
            } catch (VirtException e) {
                assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.CHECKPOINT_INCONSISTENT);
                assertThat(e.getMessage()).contains("'vda'", "full backup");
                System.out.printf("%s, %s incremental: refused%n", combination, mode);
                return;
            }
            throw new AssertionError(mode + " was not refused");
        }
    }
}
