package org.virtkeep.model;

/// Prints elements in libvirt's layout.
final class XmlPrinter {
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();

    private XmlPrinter() {}

    static String print(XmlElement root) {
        var printer = new XmlPrinter();
        printer.element(root, 0);
        return printer.out.toString();
    }

    private void element(XmlElement element, int depth) {
        out.repeat(INDENT, depth).append('<').append(element.name());
        element.attributes().forEach((name, value) -> {
            out.append(' ').append(name).append("='");
            escaped(value, true);
            out.append('\'');
        });
        if (!element.children().isEmpty()) {
            out.append(">\n");
            element.children().forEach(child -> element(child, depth + 1));
            out.repeat(INDENT, depth);
            endTag(element);
        } else if (!element.text().isEmpty()) {
            out.append('>');
            escaped(element.text(), false);
            endTag(element);
        } else {
            out.append("/>\n");
        }
    }

    private void endTag(XmlElement element) {
        out.append("</").append(element.name()).append(">\n");
    }

    private void escaped(String text, boolean inAttribute) {
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '\r' -> out.append("&#13;");
                case '\'' -> out.append(inAttribute ? "&apos;" : "'");
                case '\n' -> out.append(inAttribute ? "&#10;" : "\n");
                case '\t' -> out.append(inAttribute ? "&#9;" : "\t");
                default -> out.appendCodePoint(checked(c));
            }
        });
    }

    /// `Char` of XML 1.0, less the white space that was dealt with before.
    private static int checked(int c) {
        boolean allowed = c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000;
        if (!allowed) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.XML,
                    "a text has the character U+%04X, which XML cannot hold".formatted(c));
        }
        return c;
    }
}
