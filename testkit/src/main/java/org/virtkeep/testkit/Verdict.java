package org.virtkeep.testkit;

/// What the judge says about copies of a writer's disks.
public sealed interface Verdict {

    /// The copies hold records 1 to `sequence` and nothing of a later one, except that record `sequence + 1` may
    /// be there in part (`torn`): it was being written at the instant of the copy.
    record Right(long sequence, boolean torn) implements Verdict {
        @Override
        public String toString() {
            return "prefix up to " + sequence + (torn ? ", record " + (sequence + 1) + " torn" : "") + ", right";
        }
    }

    /// The copies are of no instant of the sequence; `fault` is the first block that shows it.
    record Wrong(Fault fault) implements Verdict {
        @Override
        public String toString() {
            return "wrong: " + fault;
        }
    }

    /// @param disk place among the disks, from 0
    /// @param block of the writer's region, in units of 4 KiB, where the fault is; 0 is the superblock
    /// @param expected what a right copy holds there
    /// @param found what the copy holds there
    record Fault(int disk, int block, String expected, String found) {
        @Override
        public String toString() {
            return "disk %d, block %d: expected %s, found %s".formatted(disk, block, expected, found);
        }
    }

    default boolean isRight() {
        return this instanceof Right;
    }
}
