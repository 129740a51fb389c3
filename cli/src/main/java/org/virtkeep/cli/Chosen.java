package org.virtkeep.cli;

import java.util.Set;

/// What a command's options amount to. Stateless.
final class Chosen {
    private Chosen() {}

    /// Adds what an option stands for, if it was given.
    static <T> void add(Set<T> chosen, boolean given, T meaning) {
        if (given) {
            chosen.add(meaning);
        }
    }
}
