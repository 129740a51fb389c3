package org.virtkeep.qemu.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;

/// Definitions that were read before, by their text: to parse one takes longer than all else that a session on a
/// domain does. Never stale, since the text is read from its file each time. Thread-safe.
final class KnownDefinitions {
    /// Those of the domains that are worked on just now.
    private static final int MAX_KNOWN = 32;

    /// Longer ones are parsed each time.
    private static final int MAX_CHARACTERS = 64 << 10;

    private static final Map<String, DomainDefinition> KNOWN = new LinkedHashMap<>(MAX_KNOWN, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, DomainDefinition> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    private KnownDefinitions() {}

    /// As [DomainXml#read].
    static DomainDefinition read(String xml) {
        if (xml.length() > MAX_CHARACTERS) {
            return DomainXml.read(xml);
        }
        synchronized (KNOWN) {
            DomainDefinition known = KNOWN.get(xml);
            if (known != null) {
                return known;
            }
        }
        DomainDefinition read = DomainXml.read(xml);
        synchronized (KNOWN) {
            KNOWN.put(xml, read);
        }
        return read;
    }
}
