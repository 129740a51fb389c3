package org.virtkeep.rpc;

import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Bytes written down for people: hex digits in any grouping, with `#` before a remark up to the line's end.
final class Hex {
    private Hex() {}

    static byte[] bytes(String text) {
        String digits = text.lines().map(line -> line.replaceFirst("#.*", "")).collect(Collectors.joining());
        return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
    }

    /// Words of four bytes, one per line.
    static String text(byte[] bytes) {
        String digits = HexFormat.of().formatHex(bytes);
        return Stream.iterate(0, at -> at < digits.length(), at -> at + 8)
                .map(at -> digits.substring(at, Math.min(at + 8, digits.length())))
                .collect(Collectors.joining("\n"));
    }
}
