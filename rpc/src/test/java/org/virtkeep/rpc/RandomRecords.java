package org.virtkeep.rpc;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Makes random values of the types that records on the wire are made of.
final class RandomRecords {
    private static final String LETTERS = "abc-019 /:'\"<>äß€𝄞";
    private static final int DEEPEST_LIST = 3;

    private final RandomGenerator random;
    private final Map<Type, Object> fixed;

    RandomRecords(RandomGenerator random) {
        this(random, Map.of());
    }

    private RandomRecords(RandomGenerator random, Map<Type, Object> fixed) {
        this.random = random;
        this.fixed = fixed;
    }

    /// Values that a server finds no fault with: no flags, small numbers, about `domain`.
    static RandomRecords about(DomainRef domain) {
        return new RandomRecords(
                new SplittableRandom(1),
                Map.of(
                        DomainRef.class,
                        domain,
                        String.class,
                        "x",
                        UUID.class,
                        new UUID(1, 2),
                        int.class,
                        0,
                        Integer.class,
                        0,
                        long.class,
                        0L));
    }

    <T> T make(Class<T> type) {
        return type.cast(make((Type) type));
    }

    private Object make(Type type) {
        if (fixed.containsKey(type)) {
            return fixed.get(type);
        }
        return switch (type) {
            case ParameterizedType generic
            when generic.getRawType() == List.class ->
                IntStream.range(0, random.nextInt(DEEPEST_LIST + 1))
                        .mapToObj(_ -> make(generic.getActualTypeArguments()[0]))
                        .toList();
            case ParameterizedType generic
            when generic.getRawType() == Optional.class ->
                !fixed.isEmpty() || random.nextBoolean()
                        ? Optional.of(make(generic.getActualTypeArguments()[0]))
                        : Optional.empty();
            case Class<?> simple -> makeSimple(simple);
            default -> throw new AssertionError("no random values of " + type);
        };
    }

    private Object makeSimple(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return random.nextInt();
        } else if (type == long.class || type == Long.class) {
            return random.nextLong();
        } else if (type == double.class) {
            return random.nextGaussian();
        } else if (type == boolean.class || type == Boolean.class) {
            return random.nextBoolean();
        } else if (type == String.class) {
            return text();
        } else if (type == UUID.class) {
            return new UUID(random.nextLong(), random.nextLong());
        } else if (type == OptionalInt.class) {
            return random.nextBoolean() ? OptionalInt.of(random.nextInt()) : OptionalInt.empty();
        } else if (type == OptionalLong.class) {
            return random.nextBoolean() ? OptionalLong.of(random.nextLong()) : OptionalLong.empty();
        } else if (type == byte[].class) {
            byte[] bytes = new byte[random.nextInt(9)];
            random.nextBytes(bytes);
            return bytes;
        } else if (type.isEnum()) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        } else if (type.isSealed()) {
            Class<?>[] kinds = type.getPermittedSubclasses();
            return makeSimple(kinds[random.nextInt(kinds.length)]);
        } else if (type.isRecord()) {
            return makeRecord(type);
        }
        throw new AssertionError("no random values of " + type);
    }

    private Object makeRecord(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(Arrays.stream(components)
                    .map(component -> make(component.getGenericType()))
                    .toArray());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("cannot make a " + type, e);
        }
    }

    /// At most 15 characters of up to four bytes, no NUL.
    private String text() {
        int[] letters = LETTERS.codePoints().toArray();
        int[] chosen = IntStream.range(0, random.nextInt(8))
                .map(_ -> letters[random.nextInt(letters.length)])
                .toArray();
        return new String(chosen, 0, chosen.length);
    }
}
