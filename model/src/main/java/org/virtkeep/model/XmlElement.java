package org.virtkeep.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// An XML element as a value: a name, attributes in document order, child elements, and text.
///
/// Mixed content is not kept: an element has either children or text. Comments and processing instructions
/// are dropped.
public record XmlElement(String name, Map<String, String> attributes, List<XmlElement> children, String text) {
    public XmlElement {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(text, "text is null");
        attributes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(attributes));
        children = List.copyOf(children);
    }
}
