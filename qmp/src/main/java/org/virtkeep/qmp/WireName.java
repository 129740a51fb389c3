package org.virtkeep.qmp;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The names of constants in QEMU's schema: our `ON_SUCCESS` is QEMU's `on-success`.
final class WireName {

    private WireName() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E extends Enum<E>> Optional<E> parse(Class<E> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> of(constant).equals(name))
                .findFirst();
    }
}
