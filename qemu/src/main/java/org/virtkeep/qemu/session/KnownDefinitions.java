package org.virtkeep.qemu.session;

import java.util.Optional;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;

/// Definitions that were read before, by their text: to parse one takes longer than all else that a session on a
/// domain does. Never stale, since the text is read from its file each time. Thread-safe.
public final class KnownDefinitions {
    /// Those of the domains that are worked on just now.
    private static final int MAX_KNOWN = 32;

    /// Longer ones are parsed each time.
    private static final int MAX_CHARACTERS = 64 << 10;

    private static final RecentlyUsed<String, DomainDefinition> KNOWN = new RecentlyUsed<>(MAX_KNOWN);

    private KnownDefinitions() {}

    /// As [DomainXml#read].
    public static DomainDefinition read(String xml) {
        if (xml.length() > MAX_CHARACTERS) {
            return DomainXml.read(xml);
        }
        Optional<DomainDefinition> known = KNOWN.find(xml);
        if (known.isPresent()) {
            return known.get();
        }
        DomainDefinition read = DomainXml.read(xml);
        note(xml, read);
        return read;
    }

    /// Remembers what `xml` says.
    ///
    /// @param definition what [DomainXml#read] makes of it
    public static void note(String xml, DomainDefinition definition) {
        if (xml.length() <= MAX_CHARACTERS) {
            KNOWN.note(xml, definition);
        }
    }
}
