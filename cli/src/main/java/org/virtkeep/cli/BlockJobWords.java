package org.virtkeep.cli;

import java.util.Locale;
import org.virtkeep.api.BlockJobType;

/// Block jobs in words.
final class BlockJobWords {
    private BlockJobWords() {}

    /// Such as `active commit`.
    static String of(BlockJobType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
