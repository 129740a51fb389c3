package org.virtkeep.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// Names and values in two columns, as virsh shows one object.
final class Facts {
    private final Map<String, String> facts = new LinkedHashMap<>();

    Facts add(String name, String value) {
        facts.put(name, Table.printable(value));
        return this;
    }

    /// One fact a line, values aligned.
    String render() {
        int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0) + 1;
        var text = new StringBuilder();
        facts.forEach((name, value) -> text.append(
                        ("%-" + width + "s %s").formatted(name + ":", value).stripTrailing())
                .append('\n'));
        return text.toString();
    }
}
