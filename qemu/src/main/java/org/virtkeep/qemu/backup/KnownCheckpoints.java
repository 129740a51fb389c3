package org.virtkeep.qemu.backup;

import java.util.Optional;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.qemu.session.RecentlyUsed;

/// Checkpoints that were read before, by their text, which is read from its file each time: to parse one, with the
/// domain in it, takes longer than all else that a list of them does. Thread-safe.
final class KnownCheckpoints {
    /// What a domain or two have, without much memory.
    private static final int MAX_KNOWN = 64;

    /// Longer ones are parsed each time.
    private static final int MAX_CHARACTERS = 16 << 10;

    private static final RecentlyUsed<String, CheckpointDefinition> KNOWN = new RecentlyUsed<>(MAX_KNOWN);

    private KnownCheckpoints() {}

    /// As [CheckpointXml#read].
    static CheckpointDefinition read(String xml) {
        Optional<CheckpointDefinition> known = KNOWN.find(xml);
        if (known.isPresent()) {
            return known.get();
        }
        CheckpointDefinition read = CheckpointXml.read(xml);
        if (xml.length() <= MAX_CHARACTERS) {
            KNOWN.note(xml, read);
        }
        return read;
    }
}
