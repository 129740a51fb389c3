package org.virtkeep.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Metadata;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;

/// Reads and changes what a domain's document holds for people and programs. Stateless.
final class Notes {
    private static final String METADATA = "metadata";
    private static final String NAMESPACE = "xmlns";
    /// What stands before a note in libvirt's order.
    private static final List<String> BEFORE_TITLE = List.of("name", "uuid", "genid");
    private static final List<String> BEFORE_DESCRIPTION = List.of("name", "uuid", "genid", "title");
    private static final List<String> BEFORE_METADATA = List.of("name", "uuid", "genid", "title", "description");

    private Notes() {}

    static Optional<String> read(XmlElement domain, Metadata which) {
        return switch (which) {
            case Metadata.Title() -> domain.childText("title").filter(text -> !text.isEmpty());
            case Metadata.Description() -> domain.childText("description").filter(text -> !text.isEmpty());
            case Metadata.Element(String uri) ->
                domain.child(METADATA)
                        .flatMap(notes -> find(notes, uri))
                        .map(Notes::withoutNamespace)
                        .map(element -> element.write().stripTrailing());
        };
    }

    /// @throws VirtException see [org.virtkeep.api.Domain#setMetadata]
    static XmlElement change(XmlElement domain, Metadata which, Optional<String> text, Optional<String> prefix) {
        return switch (which) {
            case Metadata.Title() -> {
                text.filter(title -> title.contains("\n")).ifPresent(_ -> {
                    throw invalid("metadata title can't contain newlines");
                });
                yield replaced(domain, "title", note("title", text), BEFORE_TITLE);
            }
            case Metadata.Description() ->
                replaced(domain, "description", note("description", text), BEFORE_DESCRIPTION);
            case Metadata.Element(String uri) -> {
                List<XmlElement> others = domain.child(METADATA).map(XmlElement::children).orElse(List.of()).stream()
                        .filter(element -> !namespace(element).equals(Optional.of(uri)))
                        .toList();
                var all = new ArrayList<>(others);
                text.map(document -> named(document, uri, prefix)).ifPresent(all::add);
                Optional<XmlElement> notes = all.isEmpty()
                        ? Optional.empty()
                        : Optional.of(XmlElement.of(METADATA).withChildren(all));
                yield replaced(domain, METADATA, notes, BEFORE_METADATA);
            }
        };
    }

    private static VirtException invalid(String message) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN, message);
    }

    private static Optional<XmlElement> note(String name, Optional<String> text) {
        return text.filter(known -> !known.isEmpty()).map(known -> XmlElement.of(name, known));
    }

    private static XmlElement replaced(
            XmlElement domain, String name, Optional<XmlElement> replacement, List<String> before) {
        var children = new ArrayList<>(domain.children());
        children.removeIf(child -> child.name().equals(name));
        int at = 0;
        for (int i = 0; i < children.size(); i++) {
            if (before.contains(children.get(i).name())) {
                at = i + 1;
            }
        }
        if (replacement.isPresent()) {
            children.add(at, replacement.get());
        }
        return domain.withChildren(children);
    }

    private static Optional<XmlElement> find(XmlElement notes, String uri) {
        return notes.children().stream()
                .filter(element -> namespace(element).equals(Optional.of(uri)))
                .findFirst();
    }

    private static Optional<String> namespace(XmlElement element) {
        return prefix(element)
                .map(prefix -> element.attribute(NAMESPACE + ":" + prefix))
                .orElseGet(() -> element.attribute(NAMESPACE));
    }

    private static Optional<String> prefix(XmlElement element) {
        int colon = element.name().indexOf(':');
        return colon < 0 ? Optional.empty() : Optional.of(element.name().substring(0, colon));
    }

    /// The element with all names in it that have no prefix put into the namespace.
    private static XmlElement named(String document, String uri, Optional<String> prefix) {
        String known = prefix.filter(text -> text.matches("[A-Za-z_][A-Za-z0-9_.-]*"))
                .orElseThrow(() -> invalid("the element's namespace needs a key that can be an XML prefix"));
        return prefixed(XmlElement.read(document), known).with(NAMESPACE + ":" + known, uri);
    }

    private static XmlElement prefixed(XmlElement element, String prefix) {
        String name = prefix(element).isPresent() ? element.name() : prefix + ":" + element.name();
        return new XmlElement(
                name,
                element.attributes(),
                element.children().stream()
                        .map(child -> prefixed(child, prefix))
                        .toList(),
                element.text());
    }

    /// As it was given.
    private static XmlElement withoutNamespace(XmlElement element) {
        Optional<String> prefix = prefix(element);
        String declaration = prefix.map(known -> NAMESPACE + ":" + known).orElse(NAMESPACE);
        return stripped(element, prefix.map(known -> known + ":").orElse("")).without(declaration);
    }

    private static XmlElement stripped(XmlElement element, String prefix) {
        return new XmlElement(
                element.name().startsWith(prefix) ? element.name().substring(prefix.length()) : element.name(),
                element.attributes(),
                element.children().stream()
                        .map(child -> stripped(child, prefix))
                        .toList(),
                element.text());
    }
}
