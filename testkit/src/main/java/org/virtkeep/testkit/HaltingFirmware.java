package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A firmware of HLT instructions, for machines without a guest: the reset vector does `cli; hlt` and jumps back to the
/// `hlt`.
public final class HaltingFirmware {
    private static final int BYTES = 64 * 1024;
    private static final byte HLT = (byte) 0xF4;

    private HaltingFirmware() {}

    /// Writes it to `hlt.bin` in this folder, and gives the file.
    public static Path in(Path folder) {
        var code = new byte[BYTES];
        Arrays.fill(code, HLT);
        byte[] reset = {(byte) 0xFA, HLT, (byte) 0xEB, (byte) 0xFD};
        System.arraycopy(reset, 0, code, BYTES - 16, reset.length);
        try {
            return Files.write(folder.resolve("hlt.bin"), code);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
