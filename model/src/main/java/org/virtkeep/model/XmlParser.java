package org.virtkeep.model;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xml.sax.Attributes;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.ext.DefaultHandler2;
import org.xml.sax.ext.Locator2;

/// Turns text into elements, and trusts none of it.
///
/// A DOCTYPE is refused as soon as its name is seen, so there are no entities but XML's own five; external
/// entities and schemas are switched off all the same. Prefixes need no declaration.
final class XmlParser extends DefaultHandler2 {

    /// As large as a string of libvirt's RPC may be (4 MiB).
    static final int MAX_DOCUMENT_CHARS = 4 << 20;

    /// As deep as libxml2 goes by default; a backing chain of 200 images nests its `<backingStore>` that deep.
    static final int MAX_DEPTH = 256;

    /// Keeps a hostile document of [#MAX_DOCUMENT_CHARS] within some ten MiB of heap; a domain with a hundred
    /// disks has about two thousand elements.
    static final int MAX_ELEMENTS = 100_000;

    private static final XmlReaders READERS = new XmlReaders();

    private static final class Open {
        private final String name;
        private final Map<String, String> attributes = new LinkedHashMap<>();
        private final List<XmlElement> children = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private final int line;

        private Open(String name, int line) {
            this.name = name;
            this.line = line;
        }
    }

    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<XmlElement, Integer> lines = new IdentityHashMap<>();
    private final Set<XmlElement> mixed = Collections.newSetFromMap(new IdentityHashMap<>());
    private Locator locator;
    private XmlElement root;

    private XmlParser() {}

    /// @throws VirtException XML_DETAIL if `document` is not one well-formed XML 1.0 document within the limits
    static XmlDocument parse(String document) {
        return parse(document, ErrorDomain.DOMAIN);
    }

    /// @param errors where libvirt reports that a document of this kind is not well-formed
    /// @throws VirtException as above
    static XmlDocument parse(String document, ErrorDomain errors) {
        if (document.isBlank()) {
            throw notWellFormed(errors, "the XML document is empty", null);
        }
        if (document.length() > MAX_DOCUMENT_CHARS) {
            throw notWellFormed(
                    errors,
                    "the XML document has %d characters, more than the %d that are allowed"
                            .formatted(document.length(), MAX_DOCUMENT_CHARS),
                    null);
        }
        var handler = new XmlParser();
        try {
            READERS.parse(document, handler);
        } catch (SAXParseException e) {
            throw notWellFormed(errors, "the XML document is not usable at line %d: %s".formatted(line(e), text(e)), e);
        } catch (SAXException | IOException e) {
            throw notWellFormed(errors, "the XML document is not usable: " + text(e), e);
        }
        return new XmlDocument(handler.root, handler.lines, handler.mixed);
    }

    @Override
    public void setDocumentLocator(Locator locator) {
        this.locator = locator;
    }

    @Override
    public void startDTD(String name, String publicId, String systemId) throws SAXException {
        throw refused("a DOCTYPE is not allowed");
    }

    @Override
    public void startElement(String uri, String localName, String name, Attributes attributes) throws SAXException {
        if (open.isEmpty() && locator instanceof Locator2 details && !"1.0".equals(details.getXMLVersion())) {
            throw refused("XML version '%s' is not supported, only '1.0'".formatted(details.getXMLVersion()));
        }
        if (open.size() == MAX_DEPTH) {
            throw refused("elements are nested more than %d deep".formatted(MAX_DEPTH));
        }
        if (lines.size() + open.size() == MAX_ELEMENTS) {
            throw refused("there are more than %d elements".formatted(MAX_ELEMENTS));
        }
        var element = new Open(name, locator.getLineNumber());
        for (int i = 0; i < attributes.getLength(); i++) {
            element.attributes.put(attributes.getQName(i), attributes.getValue(i));
        }
        open.push(element);
    }

    @Override
    public void characters(char[] characters, int start, int length) {
        open.getFirst().text.append(characters, start, length);
    }

    @Override
    public void endElement(String uri, String localName, String name) {
        Open closed = open.pop();
        boolean hasText = !isXmlSpace(closed.text);
        String text = hasText && closed.children.isEmpty() ? closed.text.toString() : "";
        var element = new XmlElement(closed.name, closed.attributes, closed.children, text);
        lines.put(element, closed.line);
        if (hasText && !closed.children.isEmpty()) {
            mixed.add(element);
        }
        if (open.isEmpty()) {
            root = element;
        } else {
            open.getFirst().children.add(element);
        }
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
        throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
        throw e;
    }

    private static boolean isXmlSpace(CharSequence text) {
        return text.chars().allMatch(c -> c == ' ' || c == '\t' || c == '\n' || c == '\r');
    }

    private SAXParseException refused(String why) {
        return new SAXParseException(why, locator);
    }

    private static int line(SAXParseException e) {
        return Math.max(1, e.getLineNumber());
    }

    /// The parser's own words without their full stop, so that they fit into a message of ours.
    private static String text(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    private static VirtException notWellFormed(ErrorDomain errors, String message, Throwable cause) {
        return new VirtException(ErrorCode.XML_DETAIL, errors, message, cause);
    }
}
