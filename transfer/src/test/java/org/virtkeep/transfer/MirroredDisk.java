package org.virtkeep.transfer;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.virtkeep.testkit.HaltVm;

/// A disk of a machine, and in memory what it must hold: everything that is written to the one is done
/// to the other.
final class MirroredDisk {
    private static final int SECTOR = 512;
    private static final int MAX_WRITE = 300 << 10;

    private final HaltVm vm;
    private final String target;
    private final byte[] content;

    MirroredDisk(HaltVm vm, String target, int bytes) {
        this.vm = vm;
        this.target = target;
        this.content = new byte[bytes];
    }

    String target() {
        return target;
    }

    /// What the disk holds now.
    byte[] snapshot() {
        return content.clone();
    }

    /// Writes, zeroes and discards here and there, as a guest would.
    void change(int times, RandomGenerator random) {
        for (int i = 0; i < times; i++) {
            int length = SECTOR * random.nextInt(1, MAX_WRITE / SECTOR);
            int offset = SECTOR * random.nextInt((content.length - length) / SECTOR + 1);
            switch (random.nextInt(6)) {
                case 0 -> zero("write -z", offset, length);
                case 1 -> zero("write -z -u", offset, length);
                default -> fill(offset, length, (byte) random.nextInt(1, 256));
            }
        }
    }

    void fill(int offset, int length, byte value) {
        vm.io(target, "write -P 0x%02x %d %d".formatted(value & 0xff, offset, length));
        Arrays.fill(content, offset, offset + length, value);
    }

    private void zero(String command, int offset, int length) {
        vm.io(target, "%s %d %d".formatted(command, offset, length));
        Arrays.fill(content, offset, offset + length, (byte) 0);
    }
}
