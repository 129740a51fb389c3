package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one QEMU can do, as it says itself (qapi/introspect.json). Immutable.
///
/// Ask here whether a feature exists, and not for the version: distributors port features back, and build
/// some out.
public final class QmpSchema {

    private final Map<String, String> commands; // to the name of the type of its arguments
    private final Set<String> events;
    private final Map<String, Type> types; // by names that mean nothing: QEMU hides its own

    private QmpSchema(Map<String, String> commands, Set<String> events, Map<String, Type> types) {
        this.commands = commands;
        this.events = events;
        this.types = types;
    }

    public boolean hasCommand(String command) {
        return commands.containsKey(command);
    }

    public boolean hasEvent(String event) {
        return events.contains(event);
    }

    /// Whether a command takes an argument, whatever the others are: of a union, the members of all variants
    /// count.
    ///
    /// @param argument a name, or a path like `x-perf.max-chunk` that goes down into objects, unions,
    ///     alternatives and the elements of arrays
    public boolean hasArgument(String command, String argument) {
        return !typesOf(command, argument).isEmpty();
    }

    /// Whether `value` is one of the words that an argument can be, such as `zstd`.
    ///
    /// @param argument as for [#hasArgument]
    public boolean hasArgumentValue(String command, String argument, String value) {
        return expand(typesOf(command, argument)).stream().anyMatch(type -> type.words.contains(value));
    }

    /// The names of the types that stand at the end of the path; empty if it leads nowhere.
    private Set<String> typesOf(String command, String path) {
        if (!hasCommand(command)) {
            return Set.of();
        }
        Set<String> current = Set.of(commands.get(command));
        for (String member : path.split("\\.", -1)) {
            var next = new HashSet<String>();
            for (Type type : expand(current)) {
                if (type.members.containsKey(member)) {
                    next.add(type.members.get(member));
                }
            }
            current = next;
        }
        return current;
    }

    /// The types with these names and all that a value of them may be instead.
    private Set<Type> expand(Set<String> names) {
        var seen = new HashSet<String>();
        var expanded = new HashSet<Type>();
        var open = new ArrayDeque<>(names);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (seen.add(name) && types.containsKey(name)) {
                expanded.add(types.get(name));
                open.addAll(types.get(name).alternatives);
            }
        }
        return expanded;
    }

    static QmpSchema from(JsonNode entries) throws QmpException.Protocol {
        var commands = new HashMap<String, String>();
        var events = new HashSet<String>();
        var types = new HashMap<String, Type>();
        for (JsonObject entry : JsonObject.list(entries, "return", entry -> entry)) {
            String name = entry.text("name");
            switch (entry.text("meta-type")) {
                case "command" -> commands.put(name, entry.text("arg-type"));
                case "event" -> events.add(name);
                default -> types.put(name, Type.from(entry));
            }
        }
        return new QmpSchema(Map.copyOf(commands), Set.copyOf(events), Map.copyOf(types));
    }

    /// One type, whatever its kind.
    ///
    /// @param members of an object: name and type of each
    /// @param alternatives names of types: the variants of a union, what an alternate may be, an array's
    ///     element
    /// @param words of an enumeration
    private record Type(Map<String, String> members, Set<String> alternatives, Set<String> words) {

        static Type from(JsonObject entry) throws QmpException.Protocol {
            return switch (entry.text("meta-type")) {
                case "object" ->
                    new Type(members(entry), names(entry.list("variants", variant -> variant.text("type"))), Set.of());
                case "alternate" ->
                    new Type(Map.of(), names(entry.list("members", member -> member.text("type"))), Set.of());
                case "array" -> new Type(Map.of(), Set.of(entry.text("element-type")), Set.of());
                case "enum" -> new Type(Map.of(), Set.of(), words(entry));
                default -> new Type(Map.of(), Set.of(), Set.of());
            };
        }

        private static Map<String, String> members(JsonObject entry) throws QmpException.Protocol {
            var members = new HashMap<String, String>();
            for (JsonObject member : entry.list("members", member -> member)) {
                members.put(member.text("name"), member.text("type"));
            }
            return Map.copyOf(members);
        }

        /// `members` since 6.2, before that `values` only.
        private static Set<String> words(JsonObject entry) throws QmpException.Protocol {
            return names(
                    entry.has("members")
                            ? entry.list("members", member -> member.text("name"))
                            : entry.texts("values"));
        }

        private static Set<String> names(List<String> names) {
            return Set.copyOf(names);
        }
    }
}
