package org.virtkeep.daemon.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads values as they stand in the file. What cannot be read is an [IllegalArgumentException] whose message goes
/// on after "NAME is 'VALUE', but ".
final class Values {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,12})\\s*([A-Za-z]*)");
    private static final Map<String, Duration> TIME_UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "min", Duration.ofMinutes(1),
            "h", Duration.ofHours(1));
    private static final Map<String, Long> SIZE_UNITS =
            Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private Values() {}

    static Path path(String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException _) {
            // said below
        }
        throw new IllegalArgumentException("must be an absolute path");
    }

    static Optional<Path> optionalPath(String text) {
        return optional(Values::path).apply(text);
    }

    /// An empty value is none.
    static <T> Function<String, Optional<T>> optional(Function<String, T> reader) {
        return text -> text.isEmpty() ? Optional.empty() : Optional.of(reader.apply(text));
    }

    /// The mode of a socket file, in octal.
    static int mode(String text) {
        if (!text.matches("0?[0-7]{3}")) {
            throw new IllegalArgumentException("must be a file mode in octal, such as 0660");
        }
        return Integer.parseInt(text, 8);
    }

    static Function<String, Integer> number(int least, int most) {
        return text -> {
            if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
                return Integer.parseInt(text);
            }
            throw new IllegalArgumentException("must be a number from %d to %d".formatted(least, most));
        };
    }

    static Function<String, Duration> duration(Duration least, Duration most) {
        return text -> {
            Matcher amount = AMOUNT.matcher(text);
            Duration unit = amount.matches() ? TIME_UNITS.get(amount.group(2)) : null;
            if (unit != null) {
                Duration duration = unit.multipliedBy(Long.parseLong(amount.group(1)));
                if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                    return duration;
                }
            }
            throw new IllegalArgumentException(
                    "must be a time with its unit (ms, s, min, h), from %s to %s".formatted(text(least), text(most)));
        };
    }

    static Function<String, Long> size(long least, long most) {
        return text -> {
            Matcher amount = AMOUNT.matcher(text);
            Long unit = amount.matches() ? SIZE_UNITS.get(amount.group(2)) : null;
            if (unit != null) {
                long number = Long.parseLong(amount.group(1));
                if (number <= most / unit && number * unit >= least) {
                    return number * unit;
                }
            }
            throw new IllegalArgumentException("must be a size with its unit (B, KiB, MiB, GiB), from %s to %s"
                    .formatted(text(least), text(most)));
        };
    }

    static <E extends Enum<E>> Function<String, E> oneOf(Class<E> type) {
        return text -> Arrays.stream(type.getEnumConstants())
                .filter(constant -> word(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(Values::word)
                                .collect(Collectors.joining(", "))));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static List<String> list(String text) {
        return Stream.of(text.split(";"))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static String text(Duration duration) {
        return Stream.of("h", "min", "s")
                .filter(unit -> duration.toMillis() >= TIME_UNITS.get(unit).toMillis()
                        && duration.toMillis() % TIME_UNITS.get(unit).toMillis() == 0)
                .findFirst()
                .map(unit -> "%d %s"
                        .formatted(duration.toMillis() / TIME_UNITS.get(unit).toMillis(), unit))
                .orElseGet(() -> "%d ms".formatted(duration.toMillis()));
    }

    private static String text(long bytes) {
        return Stream.of("GiB", "MiB", "KiB")
                .filter(unit -> bytes >= SIZE_UNITS.get(unit) && bytes % SIZE_UNITS.get(unit) == 0)
                .findFirst()
                .map(unit -> "%d %s".formatted(bytes / SIZE_UNITS.get(unit), unit))
                .orElseGet(() -> "%d B".formatted(bytes));
    }
}
