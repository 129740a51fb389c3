package org.virtkeep.model;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// A parsed document, with what an [XmlElement] does not remember. Both collections go by identity, because
/// equal elements may stand in many places.
///
/// @param lines the line on which an element's start tag ends, from 1
/// @param mixed elements that had text beside child elements; the text is lost
record XmlDocument(XmlElement root, Map<XmlElement, Integer> lines, Set<XmlElement> mixed) {

    /// An element that was not read from a text.
    static XmlDocument of(XmlElement root) {
        return new XmlDocument(root, Collections.emptyMap(), Collections.emptySet());
    }

    OptionalInt line(XmlElement element) {
        Integer line = lines.get(element);
        return line == null ? OptionalInt.empty() : OptionalInt.of(line);
    }
}
