package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Says whether copies of a writer's disks are right: whether all of them together hold exactly what the disks
/// held at one instant. Needs nothing but the copies: seed and geometry are in them.
///
/// The writer begins a record when the one before it is complete on its disk. So at any instant the disks hold
/// records 1 to N, each block as the last of them left it, and perhaps a part of record N+1: each sector of its
/// range old or new. That is what the judge accepts, and nothing else.
public final class Judge {

    private static final int CHUNK_BLOCKS = 256;

    private final List<Path> copies;
    private final long baseBytes;
    private final Sequence sequence;

    private Judge(List<Path> copies, long baseBytes, Geometry geometry) {
        this.copies = copies;
        this.baseBytes = baseBytes;
        this.sequence = new Sequence(geometry);
    }

    /// Judges raw copies, in the order of the writer's disks.
    public static Verdict judge(Path... copies) {
        return judge(List.of(copies), 0);
    }

    /// Judges raw copies in which the writer's region begins at `baseBytes`.
    public static Verdict judge(List<Path> copies, long baseBytes) {
        try {
            return switch (readGeometry(copies, baseBytes)) {
                case Superblocks.Bad(Verdict.Fault fault) -> new Verdict.Wrong(fault);
                case Superblocks.Good(Geometry geometry) -> new Judge(copies, baseBytes, geometry).verdict();
            };
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a copy", e);
        }
    }

    /// The sequence number up to which the copies are right.
    ///
    /// @throws AssertionError with the first fault if they are not
    public static long requireRight(Path... copies) {
        return switch (judge(copies)) {
            case Verdict.Right right -> right.sequence();
            case Verdict.Wrong wrong -> throw new AssertionError(wrong + " in " + Arrays.toString(copies));
        };
    }

    private sealed interface Superblocks {
        record Good(Geometry geometry) implements Superblocks {}

        record Bad(Verdict.Fault fault) implements Superblocks {}
    }

    private static Superblocks readGeometry(List<Path> copies, long baseBytes) throws IOException {
        Optional<Geometry> first = Optional.empty();
        for (int disk = 0; disk < copies.size(); disk++) {
            byte[] block = new byte[Geometry.BLOCK_BYTES];
            try (var copy = RegionReader.open(copies.get(disk), baseBytes)) {
                copy.read(0, 1, block);
            }
            Optional<Geometry> found = Geometry.read(block);
            if (disk == 0) {
                first = found;
            }
            String wanted = first.map(geometry -> "superblock of run %016x".formatted(geometry.run()))
                    .orElse("a superblock");
            if (found.isEmpty() || !found.equals(first)) {
                return new Superblocks.Bad(new Verdict.Fault(disk, 0, wanted, describeSuperblock(found)));
            }
            if (Geometry.place(block) != disk || found.get().disks() != copies.size()) {
                String place = "disk %d of %d"
                        .formatted(Geometry.place(block), found.get().disks());
                return new Superblocks.Bad(
                        new Verdict.Fault(disk, 0, "disk %d of %d".formatted(disk, copies.size()), place));
            }
        }
        return new Superblocks.Good(first.orElseThrow(() -> new IllegalArgumentException("no copies to judge")));
    }

    private static String describeSuperblock(Optional<Geometry> found) {
        return found.map(geometry -> "superblock of run %016x".formatted(geometry.run()))
                .orElse("no whole superblock");
    }

    private Verdict verdict() throws IOException {
        long highest = highestHeader();
        Verdict verdict = compareWith(highest);
        if (verdict instanceof Verdict.Wrong(Verdict.Fault fault)
                && highest > 0
                && sequence.entry(highest).covers(fault.disk(), fault.block())
                && compareWith(highest - 1) instanceof Verdict.Right right) {
            return right; // the header block of the last record came before the rest of it
        }
        return verdict;
    }

    private long highestHeader() throws IOException {
        long highest = 0;
        for (int disk = 0; disk < copies.size(); disk++) {
            int onDisk = disk;
            var seen = new long[1];
            forEachBlock(disk, (block, bytes, offset) -> {
                OptionalLong header = sequence.headerAt(onDisk, block, bytes, offset);
                seen[0] = Math.max(seen[0], header.orElse(0));
                return true;
            });
            highest = Math.max(highest, seen[0]);
        }
        return highest;
    }

    /// Compares every block with what records 1 to `prefix` leave, and the odd blocks with record `prefix + 1`.
    private Verdict compareWith(long prefix) throws IOException {
        var replay = new Replay(sequence);
        replay.forwardTo(prefix);
        Sequence.Entry next = sequence.entry(prefix + 1);
        var torn = new TornRecord(next);
        var faults = new ArrayList<Verdict.Fault>(1);
        for (int disk = 0; disk < copies.size() && faults.isEmpty(); disk++) {
            int onDisk = disk;
            forEachBlock(disk, (block, bytes, offset) -> {
                if (next.covers(onDisk, block)) {
                    torn.add(block, bytes, offset, replay);
                } else if (!replay.holds(onDisk, block, bytes, offset)) {
                    faults.add(fault(replay, prefix, onDisk, block, bytes, offset));
                }
                return faults.isEmpty();
            });
        }
        if (!faults.isEmpty()) {
            return new Verdict.Wrong(faults.getFirst());
        }
        return judgeTorn(replay, prefix, torn);
    }

    private Verdict judgeTorn(Replay replay, long prefix, TornRecord torn) {
        replay.forwardTo(prefix + 1);
        OptionalLong bad = torn.firstFault(replay);
        if (bad.isEmpty()) {
            return new Verdict.Right(prefix, torn.isTouched());
        }
        int block = (int) bad.getAsLong();
        Sequence.Entry entry = torn.entry();
        var old = new Replay(sequence);
        old.forwardTo(prefix);
        Verdict.Fault fault = fault(old, prefix, entry.disk(), block, torn.block(block), 0);
        String expected = fault.expected() + ", or a part of record " + entry.sequence();
        return new Verdict.Wrong(new Verdict.Fault(entry.disk(), block, expected, fault.found()));
    }

    private Verdict.Fault fault(Replay replay, long prefix, int disk, int block, byte[] bytes, int offset) {
        byte[] found = Arrays.copyOfRange(bytes, offset, offset + Geometry.BLOCK_BYTES);
        return new Verdict.Fault(disk, block, replay.expected(disk, block), describe(prefix, disk, block, found));
    }

    /// In words: which earlier or later record the bytes are from.
    private String describe(long prefix, int disk, int block, byte[] found) {
        if (Arrays.equals(found, new byte[Geometry.BLOCK_BYTES])) {
            return "zeros";
        }
        for (long number = prefix + 1; number > 0; number--) {
            Sequence.Entry entry = sequence.entry(number);
            if (entry.covers(disk, block) && Arrays.equals(found, sequence.block(entry, block - entry.start()))) {
                return "block %d of record %d".formatted(block - entry.start(), number);
            }
        }
        return "bytes of no record";
    }

    @FunctionalInterface
    private interface BlockVisitor {
        /// Returns whether to go on.
        boolean visit(int block, byte[] bytes, int offset);
    }

    private void forEachBlock(int disk, BlockVisitor visitor) throws IOException {
        byte[] chunk = new byte[CHUNK_BLOCKS * Geometry.BLOCK_BYTES];
        int end = (int) sequence.geometry().regionBlocks();
        try (var copy = RegionReader.open(copies.get(disk), baseBytes)) {
            for (int first = 1; first < end; first += CHUNK_BLOCKS) {
                int count = Math.min(CHUNK_BLOCKS, end - first);
                copy.read(first, count, chunk);
                for (int i = 0; i < count; i++) {
                    if (!visitor.visit(first + i, chunk, i * Geometry.BLOCK_BYTES)) {
                        return;
                    }
                }
            }
        }
    }

    /// `Judge [--base=BYTES] IMAGE...`: prints the verdict and ends with 0 if it is right. Images that are not
    /// raw are converted with qemu-img first.
    public static void main(String[] arguments) throws IOException {
        System.exit(JudgeCommand.run(arguments));
    }
}
