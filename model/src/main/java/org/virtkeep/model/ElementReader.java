package org.virtkeep.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/// One element while it is being read. It remembers what its reader asked for: when the reader has returned,
/// everything else that the element has is refused by name, and the message lists what was asked for. So a
/// reader is at the same time the grammar of its element, and nothing is overlooked silently.
///
/// Confined to one thread, and to the call of the reader it is given to.
final class ElementReader {

    private static final int MAX_SHOWN_CHARS = 100;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    /// What a document that asks for more than its reader knows is told.
    enum Grammar {
        /// The reader knows libvirt's whole schema: what it does not know is invalid.
        WHOLE(ErrorCode.XML_INVALID_SCHEMA, ErrorDomain.XML, ErrorCode.XML_INVALID_SCHEMA),
        /// The reader knows a part of libvirt's schema: what it does not know is not supported.
        SUBSET(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, ErrorCode.CONFIG_UNSUPPORTED);

        private final ErrorCode invalid;
        private final ErrorDomain domain;
        private final ErrorCode unknown;

        Grammar(ErrorCode invalid, ErrorDomain domain, ErrorCode unknown) {
            this.invalid = invalid;
            this.domain = domain;
            this.unknown = unknown;
        }
    }

    /// What all readers of a document share.
    ///
    /// @param postponed refusals of what is valid but not supported, which wait until the whole document has
    ///     proved valid
    private record Reading(XmlDocument document, Grammar grammar, List<VirtException> postponed) {}

    private final Reading reading;
    private final Grammar grammar;
    private final XmlElement element;
    private final String path;
    private final Set<String> knownAttributes = new LinkedHashSet<>();
    private final Set<String> knownChildren = new LinkedHashSet<>();
    private boolean textIsKnown;

    private ElementReader(Reading reading, XmlElement element, String path) {
        this.reading = reading;
        this.grammar = reading.grammar;
        this.element = element;
        this.path = path;
    }

    /// Reads a whole document.
    ///
    /// @throws VirtException XML_ERROR if the root element has another name
    static <T> T read(XmlDocument document, String rootName, Grammar grammar, Function<ElementReader, T> reader) {
        if (!document.root().name().equals(rootName)) {
            throw new VirtException(
                    ErrorCode.XML_ERROR,
                    ErrorDomain.XML,
                    "root element is '%s', but must be '%s'"
                            .formatted(document.root().name(), rootName));
        }
        var reading = new Reading(document, grammar, new ArrayList<>());
        T value = new ElementReader(reading, document.root(), rootName).apply(reader);
        // What is left is in parts that were accepted unread, such as <metadata>.
        for (XmlElement lossy : document.mixed()) {
            throw new ElementReader(reading, lossy, lossy.name())
                    .unsupported("has text beside child elements, which would be lost");
        }
        for (VirtException refusal : reading.postponed) {
            throw refusal;
        }
        return value;
    }

    private <T> T apply(Function<ElementReader, T> reader) {
        T value = reader.apply(this);
        refuseTheRest();
        return value;
    }

    XmlElement element() {
        return element;
    }

    // Children

    /// Reads the child of that name, of which there may be one.
    <T> Optional<T> child(String name, Function<ElementReader, T> reader) {
        List<XmlElement> found = ask(name);
        if (found.size() > 1) {
            throw under(found.get(1), name)
                    .unknown("a second element '%s/%s'".formatted(path, name), Set.of("one '%s'".formatted(name)));
        }
        return found.stream().findFirst().map(child -> under(child, name).apply(reader));
    }

    /// Reads the child of that name, which must be there once.
    <T> T requiredChild(String name, Function<ElementReader, T> reader) {
        return child(name, reader)
                .orElseThrow(() -> invalid("element '%s' needs an element '%s'".formatted(path, name)));
    }

    /// Reads the child of that name if it is there, for its effect.
    void ifChild(String name, Consumer<ElementReader> reader) {
        child(name, nothing(reader));
    }

    /// Reads all children of that name for their effect.
    void eachChild(String name, Consumer<ElementReader> reader) {
        children(name, nothing(reader));
    }

    private static Function<ElementReader, Boolean> nothing(Consumer<ElementReader> reader) {
        return element -> {
            reader.accept(element);
            return true;
        };
    }

    /// Reads all children of that name.
    <T> List<T> children(String name, Function<ElementReader, T> reader) {
        List<XmlElement> found = ask(name);
        var values = new ArrayList<T>();
        for (int i = 0; i < found.size(); i++) {
            String step = found.size() == 1 ? name : name + "[" + (i + 1) + "]";
            values.add(under(found.get(i), step).apply(reader));
        }
        return List.copyOf(values);
    }

    boolean hasChild(String name) {
        return !ask(name).isEmpty();
    }

    /// Accepts children of these names, whatever they hold.
    void ignoreChildren(String... names) {
        knownChildren.addAll(List.of(names));
    }

    /// Accepts all that the element holds.
    void ignoreAll() {
        knownAttributes.addAll(element.attributes().keySet());
        element.children().forEach(child -> knownChildren.add(child.name()));
        textIsKnown = true;
    }

    private List<XmlElement> ask(String name) {
        knownChildren.add(name);
        return element.children(name);
    }

    private ElementReader under(XmlElement child, String step) {
        return new ElementReader(reading, child, path + "/" + step);
    }

    // Text and attributes

    String text() {
        textIsKnown = true;
        return element.text();
    }

    Optional<String> attribute(String name) {
        knownAttributes.add(name);
        return element.attribute(name);
    }

    String required(String name) {
        return attribute(name).orElseThrow(() -> missing(name));
    }

    /// An attribute that must have one of the values listed, if it is there.
    Optional<String> choice(String name, String... allowed) {
        Optional<String> value = attribute(name);
        value.filter(given -> !List.of(allowed).contains(given)).ifPresent(given -> {
            throw unknownValue(name, given, "allowed: '%s'".formatted(String.join("', '", allowed)));
        });
        return value;
    }

    String requiredChoice(String name, String... allowed) {
        return choice(name, allowed).orElseThrow(() -> missing(name));
    }

    /// An attribute that says `yes` or `no`; false if it is missing.
    boolean yes(String name) {
        return choice(name, "yes", "no").filter("yes"::equals).isPresent();
    }

    /// An attribute whose whole value matches `pattern`, if it is there.
    ///
    /// @param what the pattern in words, for the message
    Optional<String> matching(String name, Pattern pattern, String what) {
        Optional<String> value = attribute(name);
        value.filter(given -> !pattern.matcher(given).matches()).ifPresent(given -> {
            throw invalidValue(name, given, what);
        });
        return value;
    }

    /// A decimal number without sign, if the attribute is there.
    OptionalInt number(String name, int least, int most) {
        return attribute(name)
                .map(value -> OptionalInt.of(parse(value, least, most)
                        .orElseThrow(() -> invalidValue(name, value, "a number from %d to %d".formatted(least, most)))))
                .orElseGet(OptionalInt::empty);
    }

    /// The element's text, which must be one of the values listed.
    String choiceText(String... allowed) {
        String text = text().strip();
        if (!List.of(allowed).contains(text)) {
            throw unsupported("is '%s'; supported: '%s'".formatted(shown(text), String.join("', '", allowed)));
        }
        return text;
    }

    /// The element's text, which must be an absolute path.
    String pathText() {
        String text = text().strip();
        if (!text.startsWith("/")) {
            throw invalid("element '%s' is '%s', but must be an absolute path".formatted(path, shown(text)));
        }
        return text;
    }

    /// An attribute that must be there and hold an absolute path.
    String requiredPath(String name) {
        String value = required(name);
        if (!value.startsWith("/")) {
            throw invalidValue(name, value, "an absolute path");
        }
        return value;
    }

    /// The element's text as a decimal number without sign.
    int numberText(int least, int most) {
        String text = text().strip();
        return parse(text, least, most)
                .orElseThrow(() -> invalid("element '%s' is '%s', but must be a number from %d to %d"
                        .formatted(path, shown(text), least, most)));
    }

    private static OptionalInt parse(String text, int least, int most) {
        if (!NUMBER.matcher(text).matches()) {
            return OptionalInt.empty();
        }
        long value = Long.parseLong(text);
        return least <= value && value <= most ? OptionalInt.of((int) value) : OptionalInt.empty();
    }

    // What is refused

    private void refuseTheRest() {
        for (var attribute : element.attributes().entrySet()) {
            String name = attribute.getKey();
            if (!knownAttributes.contains(name) && !name.startsWith("xmlns:")) {
                throw unknown(
                        "attribute '%s@%s' (value '%s')".formatted(path, name, shown(attribute.getValue())),
                        knownAttributes);
            }
        }
        for (XmlElement child : element.children()) {
            if (!knownChildren.contains(child.name())) {
                throw under(child, child.name())
                        .unknown("element '%s/%s'".formatted(path, child.name()), knownChildren);
            }
        }
        if (!textIsKnown && !element.text().isEmpty()
                || reading.document.mixed().contains(element)) {
            throw invalid("element '%s' has text where only elements may be".formatted(path));
        }
    }

    private VirtException unknown(String what, Set<String> known) {
        String state = grammar == Grammar.WHOLE ? "is not allowed" : "is not supported";
        String instead = known.isEmpty() ? "nothing" : String.join(", ", known);
        return new VirtException(
                grammar.unknown,
                grammar.domain,
                "%s %s%s; %s here: %s"
                        .formatted(what, state, line(), grammar == Grammar.WHOLE ? "allowed" : "supported", instead));
    }

    private VirtException unknownValue(String name, String value, String instead) {
        String state = grammar == Grammar.WHOLE ? "not allowed" : "not supported";
        return new VirtException(
                grammar.unknown,
                grammar.domain,
                "attribute '%s@%s' has the value '%s', which is %s%s; %s"
                        .formatted(path, name, shown(value), state, line(), instead));
    }

    /// The value of an attribute breaks the grammar.
    VirtException invalidValue(String name, String value, String what) {
        return invalid("attribute '%s@%s' is '%s', but must be %s".formatted(path, name, shown(value), what));
    }

    private VirtException missing(String name) {
        return invalid("element '%s' needs an attribute '%s'".formatted(path, name));
    }

    /// The element breaks the grammar.
    VirtException invalid(String message) {
        return new VirtException(grammar.invalid, grammar.domain, message + line());
    }

    /// The element keeps to the grammar and asks for what virtkeep does not do.
    ///
    /// @param message begins after the element's path
    VirtException unsupported(String message) {
        return new VirtException(
                ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN, "element '%s' %s%s".formatted(path, message, line()));
    }

    /// As [#unsupported], but only if nothing in the document is invalid; the caller goes on with any value.
    void postponeUnsupported(String message) {
        reading.postponed.add(unsupported(message));
    }

    /// A text of the document, fit for one line of a message.
    static String shown(String text) {
        String start = text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
        return start.replaceAll("\\p{Cntrl}", "?");
    }

    private String line() {
        OptionalInt line = reading.document.line(element);
        return line.isPresent() ? " (line %d)".formatted(line.getAsInt()) : "";
    }
}
