package org.virtkeep.model;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A number with libvirt's memory units: `b`, `KiB` (also `k`, `K`), `KB` and so on up to `E`.
final class MemorySize {
    private static final Map<Character, Integer> POWERS = Map.of('K', 1, 'M', 2, 'G', 3, 'T', 4, 'P', 5, 'E', 6);
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");
    private static final Pattern UNIT = Pattern.compile("[KMGTPE](I?B)?");
    private static final BigInteger KIB = BigInteger.valueOf(1024);

    private MemorySize() {}

    /// The size in bytes, rounded up to whole KiB as libvirt does; without a unit the number is in KiB.
    static long read(ElementReader element) {
        String unit = element.attribute("unit").orElse("KiB");
        BigInteger factor = factor(unit)
                .orElseThrow(() -> element.invalidValue("unit", unit, "a unit of memory such as 'MiB' or 'GiB'"));
        String text = element.text().strip();
        if (!NUMBER.matcher(text).matches()) {
            throw element.invalid(
                    "an amount of memory is '%s', but must be a number".formatted(ElementReader.shown(text)));
        }
        BigInteger bytes = new BigInteger(text).multiply(factor);
        BigInteger rounded = bytes.add(KIB).subtract(BigInteger.ONE).divide(KIB).multiply(KIB);
        if (rounded.signum() == 0 || rounded.bitLength() > 62) {
            throw element.unsupported(
                    "is '%s %s'; an amount of memory is at least 1 KiB and below 4 EiB".formatted(text, unit));
        }
        return rounded.longValueExact();
    }

    /// @return empty for an unknown unit
    private static Optional<BigInteger> factor(String unit) {
        String upper = unit.toUpperCase(Locale.ROOT);
        if (upper.equals("B") || upper.equals("BYTE") || upper.equals("BYTES")) {
            return Optional.of(BigInteger.ONE);
        }
        if (!UNIT.matcher(upper).matches()) {
            return Optional.empty();
        }
        int base = upper.length() == 2 ? 1000 : 1024;
        return Optional.of(BigInteger.valueOf(base).pow(POWERS.get(upper.charAt(0))));
    }
}
