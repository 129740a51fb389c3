package org.virtkeep.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;

/// Spoils documents at random: as a tree, so that they stay well-formed, or as text.
final class Mutations {
    private static final List<String> SNIPPETS = List.of(
            "<",
            ">",
            "&",
            "'",
            "\"",
            "/>",
            "</",
            "<!--",
            "-->",
            "]]>",
            "<![CDATA[",
            "&#0;",
            "&#x10FFFF;",
            "&amp;",
            "\u0000",
            "\ud800",
            "é",
            "<a/>",
            "<a>text<b/></a>",
            " x='1'",
            "<?xml version='1.1'?>",
            "<!DOCTYPE a>",
            "99999999999999999999",
            "-1",
            "");

    private final SplittableRandom random;
    private final List<String> attributes;
    private final List<String> elements;
    private final List<String> values;

    /// @param attributes names, `elements` names and `values` texts that a mutation may bring in
    Mutations(SplittableRandom random, List<String> attributes, List<String> elements, List<String> values) {
        this.random = random;
        this.attributes = attributes;
        this.elements = elements;
        this.values = values;
    }

    /// Mutations that bring in nothing that means anything.
    Mutations(SplittableRandom random) {
        this(random, List.of("x", "type"), List.of("x", "source"), List.of("", "1", "x"));
    }

    /// One or a few changes somewhere below or at `root`.
    XmlElement spoiled(XmlElement root) {
        XmlElement result = root;
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            result = somewhere(result);
        }
        return result;
    }

    private XmlElement somewhere(XmlElement element) {
        int at = random.nextInt(element.children().size() + 1) - 1;
        if (at < 0) {
            return here(element);
        }
        var children = new ArrayList<>(element.children());
        children.set(at, somewhere(children.get(at)));
        return element.withChildren(children);
    }

    private XmlElement here(XmlElement element) {
        var children = new ArrayList<>(element.children());
        var named = new LinkedHashMap<>(element.attributes());
        String name = element.name();
        String text = element.text();
        switch (random.nextInt(7)) {
            case 0 -> named.keySet().removeIf(_ -> random.nextInt(2) == 0);
            case 1 -> named.put(pick(attributes), pick(values));
            case 2 -> named.replaceAll((_, value) -> random.nextBoolean() ? pick(values) : value);
            case 3 -> children.removeIf(_ -> random.nextInt(2) == 0);
            case 4 ->
                children.add(
                        random.nextInt(children.size() + 1),
                        XmlElement.of(pick(elements)).with(pick(attributes), pick(values)));
            case 5 ->
                children.addAll(
                        children.isEmpty() ? List.of() : List.of(children.get(random.nextInt(children.size()))));
            default -> text = children.isEmpty() ? pick(values) : text;
        }
        return new XmlElement(name, named, children, children.isEmpty() ? text : "");
    }

    /// One or a few changes to the text.
    String spoiled(String document) {
        var text = new StringBuilder(document);
        for (int changes = 1 + random.nextInt(3); changes > 0 && !text.isEmpty(); changes--) {
            int from = random.nextInt(text.length());
            int to = Math.min(text.length(), from + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(from, to);
                case 1 -> text.insert(from, pick(SNIPPETS));
                case 2 -> text.replace(from, to, pick(SNIPPETS));
                default -> text.insert(random.nextInt(text.length()), text.substring(from, to));
            }
        }
        return text.toString();
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
