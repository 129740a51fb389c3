package org.virtkeep.qemu.session;

import java.util.Optional;
import java.util.function.Function;

/// Texts that were parsed before, and what came out: to parse one takes longer than to read its file. Never
/// stale, since the text is read each time. Thread-safe.
///
/// @param <T> immutable
public final class KnownTexts<T> {
    /// Those of the domains that are worked on just now.
    private static final int MAX_KNOWN = 32;

    /// Longer ones are parsed each time.
    private static final int MAX_CHARACTERS = 64 << 10;

    private final RecentlyUsed<String, T> known = new RecentlyUsed<>(MAX_KNOWN);
    private final Function<String, T> parser;

    public KnownTexts(Function<String, T> parser) {
        this.parser = parser;
    }

    /// As the parser does, of which the errors are not remembered.
    public T read(String text) {
        Optional<T> before = known.find(text);
        if (before.isPresent()) {
            return before.get();
        }
        T read = parser.apply(text);
        note(text, read);
        return read;
    }

    /// Remembers what the parser makes of a text.
    void note(String text, T value) {
        if (text.length() <= MAX_CHARACTERS) {
            known.note(text, value);
        }
    }
}
