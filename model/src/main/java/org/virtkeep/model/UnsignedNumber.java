package org.virtkeep.model;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/// Decimal numbers as libvirt's schemas write them: digits without sign, leading zeros allowed.
final class UnsignedNumber {
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final int LONG_DIGITS = 20;

    private UnsignedNumber() {}

    /// @param bits at most 64
    /// @return empty if the text is no number, or one of more than `bits` bits
    static Optional<BigInteger> parse(String text, int bits) {
        if (!DIGITS.matcher(text).matches()) {
            return Optional.empty();
        }
        int first = 0;
        while (first < text.length() - 1 && text.charAt(first) == '0') {
            first++;
        }
        if (text.length() - first > LONG_DIGITS) {
            return Optional.empty(); // before the digits become a number, which is slow for many of them
        }
        return Optional.of(new BigInteger(text.substring(first))).filter(number -> number.bitLength() <= bits);
    }
}
