package org.virtkeep.remote;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.virtkeep.rpc.TypedParameter;

/// Named values that a daemon sent, looked up by name. Of values that are there twice, the first counts. Immutable.
record Figures(Map<String, TypedParameter.Value> values) {

    static Figures of(List<TypedParameter> parameters) {
        var values = new HashMap<String, TypedParameter.Value>();
        parameters.forEach(parameter -> values.putIfAbsent(parameter.field(), parameter.value()));
        return new Figures(Map.copyOf(values));
    }

    Optional<String> text(String name) {
        return values.get(name) instanceof TypedParameter.Value.Text(String text)
                ? Optional.of(text)
                : Optional.empty();
    }

    /// A whole number of any type.
    OptionalLong number(String name) {
        return switch (values.get(name)) {
            case TypedParameter.Value.Int32(int value) -> OptionalLong.of(value);
            case TypedParameter.Value.UnsignedInt32(int value) -> OptionalLong.of(Integer.toUnsignedLong(value));
            case TypedParameter.Value.Int64(long value) -> OptionalLong.of(value);
            case TypedParameter.Value.UnsignedInt64(long value) -> OptionalLong.of(value);
            case null, default -> OptionalLong.empty();
        };
    }

    OptionalInt integer(String name) {
        OptionalLong number = number(name);
        return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
    }

    long orZero(String name) {
        return number(name).orElse(0);
    }

    /// What `one` makes of each of the numbered groups `NAME.0.`, `NAME.1.`, …, as many as `NAME.count` says, and
    /// not more than there are values.
    <T> List<T> each(String name, Function<String, T> one) {
        long count = Math.clamp(orZero(name + ".count"), 0, values.size());
        return IntStream.range(0, (int) count)
                .mapToObj(i -> one.apply(name + "." + i + "."))
                .toList();
    }
}
