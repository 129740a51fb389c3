package org.virtkeep.daemon.config;

import java.util.function.Function;
import java.util.function.Supplier;

/// One thing that can be set.
///
/// @param name       as in the file
/// @param reader     of its value; throws [IllegalArgumentException] saying what the value can be
/// @param standard   what holds when it is not set
/// @param reloadable true if a running daemon takes a new value over
public record Setting<T>(String name, Function<String, T> reader, Supplier<T> standard, boolean reloadable) {

    static <T> Setting<T> fixed(String name, Function<String, T> reader, Supplier<T> standard) {
        return new Setting<>(name, reader, standard, false);
    }

    static <T> Setting<T> reloadable(String name, Function<String, T> reader, T standard) {
        return new Setting<>(name, reader, () -> standard, true);
    }
}
