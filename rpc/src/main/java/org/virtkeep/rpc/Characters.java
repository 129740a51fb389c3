package org.virtkeep.rpc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Text in the arrays of C characters that some old records of libvirt have instead of strings.
final class Characters {
    private Characters() {}

    /// The text up to the first NUL, or all of it.
    static String text(byte[] characters) {
        int length = 0;
        while (length < characters.length && characters[length] != 0) {
            length++;
        }
        return new String(characters, 0, length, StandardCharsets.UTF_8);
    }

    /// With a NUL at its end, as libvirt counts it.
    static byte[] terminated(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /// Exactly `size` characters, the last of them NUL; longer text is cut.
    static byte[] fixed(String text, int size) {
        return Arrays.copyOf(Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), size - 1), size);
    }
}
