package org.virtkeep.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// An XML element as a value: a name, attributes in document order, child elements, and text.
///
/// Mixed content is not kept: an element has either children or text. Comments and processing instructions
/// are dropped, and so is text that consists of white space alone. Names are kept as written, with their
/// prefix; namespace declarations are ordinary attributes.
public record XmlElement(String name, Map<String, String> attributes, List<XmlElement> children, String text) {

    public XmlElement {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(text, "text is null");
        attributes = attributes.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        children = List.copyOf(children);
        if (!children.isEmpty() && !text.isEmpty()) {
            throw new IllegalArgumentException("element '%s' has both child elements and text".formatted(name));
        }
    }

    /// An element without content.
    public static XmlElement of(String name) {
        return new XmlElement(name, Map.of(), List.of(), "");
    }

    /// An element that holds text only.
    public static XmlElement of(String name, String text) {
        return new XmlElement(name, Map.of(), List.of(), text);
    }

    /// Reads a document and returns its root element. DOCTYPE is refused, nothing outside of `document` is
    /// read, and size and nesting are limited ([XmlParser]).
    ///
    /// @throws VirtException XML_DETAIL with the line if `document` is empty, not well-formed or too large
    public static XmlElement read(String document) {
        return XmlParser.parse(document).root();
    }

    /// The element as libvirt prints it: two spaces per level, attributes in single quotes, a newline at the
    /// end.
    ///
    /// @throws VirtException INVALID_ARG if a text holds a character that XML 1.0 cannot express
    public String write() {
        return XmlPrinter.print(this);
    }

    public Optional<String> attribute(String attribute) {
        return Optional.ofNullable(attributes.get(attribute));
    }

    /// The value of an attribute that must be there.
    ///
    /// @throws VirtException XML_ERROR if it is missing
    public String requireAttribute(String attribute) {
        return attribute(attribute).orElseThrow(() -> missing("attribute", attribute));
    }

    /// The first child of that name.
    public Optional<XmlElement> child(String child) {
        return children.stream().filter(each -> each.name.equals(child)).findFirst();
    }

    /// The first child of that name, which must be there.
    ///
    /// @throws VirtException XML_ERROR if there is none
    public XmlElement requireChild(String child) {
        return child(child).orElseThrow(() -> missing("element", child));
    }

    /// All children of that name, in document order.
    public List<XmlElement> children(String child) {
        return children.stream().filter(each -> each.name.equals(child)).toList();
    }

    /// The text of the first child of that name, which may be empty.
    public Optional<String> childText(String child) {
        return child(child).map(XmlElement::text);
    }

    /// The same element with one more child, at the end.
    public XmlElement with(XmlElement child) {
        return with(List.of(child));
    }

    /// The same element with more children, at the end.
    public XmlElement with(List<XmlElement> more) {
        var all = new ArrayList<>(children);
        all.addAll(more);
        return withChildren(all);
    }

    /// The same element with these children instead of its own.
    public XmlElement withChildren(List<XmlElement> replacements) {
        return new XmlElement(name, attributes, replacements, text);
    }

    /// The same element with an attribute added, or replaced where it was.
    public XmlElement with(String attribute, String value) {
        var all = new LinkedHashMap<>(attributes);
        all.put(attribute, value);
        return new XmlElement(name, all, children, text);
    }

    /// The same element without an attribute.
    public XmlElement without(String attribute) {
        var rest = new LinkedHashMap<>(attributes);
        rest.remove(attribute);
        return new XmlElement(name, rest, children, text);
    }

    private VirtException missing(String what, String missing) {
        return new VirtException(
                ErrorCode.XML_ERROR, ErrorDomain.XML, "element '%s' needs the %s '%s'".formatted(name, what, missing));
    }
}
