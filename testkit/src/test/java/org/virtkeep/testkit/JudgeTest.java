package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies are made by the host's writer on two files, small enough that records overwrite each other all the time.
class JudgeTest {

    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final long REGION_BYTES = 1 << 20;

    @TempDir
    Path directory;

    private Geometry geometry;
    private Sequence sequence;
    private Path a;
    private Path b;
    private SequenceWriter writer;

    @BeforeEach
    void beginARun() throws IOException {
        geometry = new Geometry(77, 5, REGION_BYTES / BLOCK, 2, 16, 150, 150);
        sequence = new Sequence(geometry);
        a = disk("a");
        b = disk("b");
        writer = SequenceWriter.fresh(geometry, WriterDisk.of(a), WriterDisk.of(b));
    }

    @Test
    void everyMomentBetweenTwoRecordsIsRight() {
        for (int number = 0; number <= 100; number++) {
            writer.writeTo(number);
            assertThat(Judge.judge(a, b)).isEqualTo(new Verdict.Right(number, false));
        }
    }

    @Test
    void aDiscardedRangeMayReadAsZeros() throws IOException {
        Sequence.Entry discard = next(Sequence.Kind.DISCARD, 100);
        writer.writeTo(discard.sequence() - 1);
        int clearedBytes = (discard.blocks() - 1) * BLOCK;
        put(disk(discard), discard.start() + 1, 0, new byte[clearedBytes]);
        writer.writeTo(discard.sequence());
        assertThat(Judge.judge(a, b)).isEqualTo(new Verdict.Right(discard.sequence(), false));
    }

    @Test
    void aZeroedRangeMayNotReadAsBefore() throws IOException {
        Sequence.Entry zero = next(Sequence.Kind.ZERO, 200);
        writer.writeTo(zero.sequence() - 1);
        put(disk(zero), zero.start(), 0, sequence.bytes(zero));
        assertThat(Judge.judge(a, b)).isInstanceOf(Verdict.Wrong.class);
    }

    @Test
    void anyPartOfTheRecordAfterThePrefixIsAllowed() {
        Property.forAll(40, random -> {
            beginARun();
            Sequence.Entry next = next(Sequence.Kind.DATA, 50 + random.nextInt(100));
            writer.writeTo(next.sequence() - 1);
            int written = tear(next, random);
            Verdict verdict = Judge.judge(a, b);
            assertThat(verdict).isInstanceOfAny(Verdict.Right.class);
            long expected = written == next.blocks() * 8 ? next.sequence() : next.sequence() - 1;
            assertThat(((Verdict.Right) verdict).sequence()).isEqualTo(expected);
        });
    }

    @Test
    void aTornRecordBeforeTheLastOneIsFound() throws IOException {
        Sequence.Entry torn = next(Sequence.Kind.DATA, 200);
        writer.writeTo(torn.sequence() - 1);
        byte[] before = Files.readAllBytes(disk(torn));
        writer.writeTo(torn.sequence() + 1);
        put(disk(torn), torn.start(), 0, slice(before, torn.start(), 1));
        assertThat(Judge.judge(a, b)).isInstanceOf(Verdict.Wrong.class);
    }

    @Test
    void anyFlippedBitIsFoundAndNamed() {
        writer.writeTo(400);
        Property.forAll(60, random -> {
            Path disk = random.nextBoolean() ? a : b;
            long at = random.nextLong(REGION_BYTES);
            flip(disk, at, 1 << random.nextInt(8));
            Verdict verdict = Judge.judge(a, b);
            assertThat(verdict).isInstanceOf(Verdict.Wrong.class);
            Verdict.Fault fault = ((Verdict.Wrong) verdict).fault();
            assertThat(fault.disk()).isEqualTo(disk.equals(a) ? 0 : 1);
            assertThat(fault.block()).isEqualTo((int) (at / BLOCK));
            flipBack(disk, at);
        });
        assertThat(Judge.requireRight(a, b)).isEqualTo(400);
    }

    @Test
    void oneStaleBlockIsFoundAndItsRecordNamed() throws IOException {
        Sequence.Entry record = next(Sequence.Kind.DATA, 300);
        writer.writeTo(record.sequence() - 1);
        byte[] stale = slice(Files.readAllBytes(disk(record)), record.start(), 1);
        writer.writeTo(record.sequence() + 2);
        put(disk(record), record.start(), 0, stale);
        var wrong = (Verdict.Wrong) Judge.judge(a, b);
        assertThat(wrong.fault().block()).isEqualTo(record.start());
        assertThat(wrong.fault().expected()).contains("of record " + record.sequence());
        assertThat(wrong.fault().found()).matches("zeros|block \\d+ of record \\d+");
    }

    @Test
    void copiesOfDifferentInstantsAreFound() throws IOException {
        for (int distance = 3; distance <= 40; distance++) {
            beginARun();
            writer.writeTo(150);
            Path earlier = Files.copy(a, directory.resolve("earlier"), StandardCopyOption.REPLACE_EXISTING);
            writer.writeTo(150 + distance);
            assertThat(Judge.judge(earlier, b)).as("%d records apart", distance).isInstanceOf(Verdict.Wrong.class);
        }
    }

    @Test
    void disksOfAnotherRunOrInAnotherOrderAreFound() throws IOException {
        writer.writeTo(20);
        assertThat(Judge.judge(b, a)).isInstanceOf(Verdict.Wrong.class);
        assertThat(Judge.judge(a)).isInstanceOf(Verdict.Wrong.class);
        Path other = disk("other");
        var sameSeed = new Geometry(78, 5, REGION_BYTES / BLOCK, 2, 16, 150, 150);
        SequenceWriter.fresh(sameSeed, WriterDisk.of(disk("unused")), WriterDisk.of(other))
                .writeTo(20);
        assertThat(Judge.judge(a, other)).isInstanceOf(Verdict.Wrong.class);
        assertThat(Judge.judge(disk("empty0"), disk("empty1"))).isInstanceOf(Verdict.Wrong.class);
    }

    private Path disk(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.deleteIfExists(file);
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), REGION_BYTES - 1);
        }
        return file;
    }

    private Path disk(Sequence.Entry entry) {
        return entry.disk() == 0 ? a : b;
    }

    /// The first record of this kind after number `after` that has a range behind its header block.
    private Sequence.Entry next(Sequence.Kind kind, long after) {
        long number = after + 1;
        while (sequence.entry(number).kind() != kind || sequence.entry(number).blocks() == 1) {
            number++;
        }
        return sequence.entry(number);
    }

    /// Writes each sector of the record or leaves it; returns how many were written.
    private int tear(Sequence.Entry entry, SplittableRandom random) throws IOException {
        byte[] bytes = sequence.bytes(entry);
        int written = 0;
        for (int sector = 0; sector < bytes.length / 512; sector++) {
            if (random.nextBoolean()) {
                byte[] part = java.util.Arrays.copyOfRange(bytes, sector * 512, (sector + 1) * 512);
                put(disk(entry), entry.start(), sector * 512, part);
                written++;
            }
        }
        return written;
    }

    private static byte[] slice(byte[] disk, int block, int blocks) {
        return java.util.Arrays.copyOfRange(disk, block * BLOCK, (block + blocks) * BLOCK);
    }

    private static void put(Path disk, int block, int offset, byte[] bytes) throws IOException {
        WriterDisk.of(disk).write((long) block * BLOCK + offset, bytes);
    }

    private byte flipped;

    private void flip(Path disk, long at, int bit) throws IOException {
        try (var channel = FileChannel.open(disk, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, at);
            flipped = one.get(0);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (flipped ^ bit)}), at);
        }
    }

    private void flipBack(Path disk, long at) throws IOException {
        WriterDisk.of(disk).write(at, new byte[] {flipped});
    }
}
