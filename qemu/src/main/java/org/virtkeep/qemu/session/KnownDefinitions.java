package org.virtkeep.qemu.session;

import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;

/// Definitions that were read before, by their text: to parse one takes longer than all else that a session on a
/// domain does. Never stale, since the text is read from its file each time. Thread-safe.
public final class KnownDefinitions {
    private static final KnownTexts<DomainDefinition> KNOWN = new KnownTexts<>(DomainXml::read);

    private KnownDefinitions() {}

    /// As [DomainXml#read].
    public static DomainDefinition read(String xml) {
        return KNOWN.read(xml);
    }

    /// Remembers what `xml` says.
    ///
    /// @param definition what [DomainXml#read] makes of it
    public static void note(String xml, DomainDefinition definition) {
        KNOWN.note(xml, definition);
    }
}
