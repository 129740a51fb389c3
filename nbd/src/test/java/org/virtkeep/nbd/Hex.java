package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/// Bytes as text: hexadecimal digits, spaces and line breaks as one likes, `#` starts a comment.
final class Hex {
    private Hex() {}

    static ByteBuffer bytes(String text) {
        String digits = text.lines().map(line -> line.replaceAll("#.*", "")).reduce("", String::concat);
        return ByteBuffer.wrap(HexFormat.of().parseHex(digits.replaceAll("\\s", "")));
    }

    static String text(ByteBuffer bytes) {
        return HexFormat.of().formatHex(array(bytes));
    }

    /// A copy of what remains.
    static byte[] array(ByteBuffer bytes) {
        var copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    static String text(String commented) {
        return text(bytes(commented));
    }
}
