package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks arguments against QEMU's schema as strictly as QEMU does: names, types, words, and what must be
/// there.
final class SchemaCheck {

    /// Commands that take members which the schema does not list.
    private static final Set<String> OPEN = Set.of("device_add");

    private final Map<String, JsonNode> commands = new HashMap<>();
    private final Map<String, JsonNode> types = new HashMap<>();

    SchemaCheck(JsonNode entries) {
        for (JsonNode entry : entries) {
            boolean command = entry.path("meta-type").asText().equals("command");
            (command ? commands : types).put(entry.path("name").asText(), entry);
        }
    }

    /// What is wrong with a command; empty if nothing is.
    List<String> problems(QmpCommand<?> command) {
        JsonNode entry = commands.get(command.name());
        if (entry == null) {
            return List.of("no such command");
        }
        var problems = new ArrayList<String>();
        Set<String> known = checkObject(command.name(), entry.path("arg-type").asText(), command.arguments(), problems);
        if (!OPEN.contains(command.name())) {
            reportUnknown(command.name(), command.arguments(), known, problems);
        }
        return problems;
    }

    private void check(String path, String typeName, JsonNode value, List<String> problems) {
        JsonNode type = types.get(typeName);
        boolean fits = switch (type.path("meta-type").asText()) {
            case "object" -> {
                if (value.isObject()) {
                    reportUnknown(path, value, checkObject(path, typeName, value, problems), problems);
                }
                yield value.isObject();
            }
            case "array" -> {
                for (JsonNode element : value) {
                    check(path, type.path("element-type").asText(), element, problems);
                }
                yield value.isArray();
            }
            case "alternate" -> fitsOneOf(path, type, value, problems);
            case "enum" -> hasWord(type, value);
            default -> fitsBuiltin(type, value);
        };
        if (!fits) {
            problems.add("%s: %s does not fit %s".formatted(path, value, type));
        }
    }

    /// Checks the members that the type has.
    ///
    /// @return their names
    private Set<String> checkObject(String path, String typeName, JsonNode value, List<String> problems) {
        JsonNode type = types.get(typeName);
        var known = new HashSet<String>();
        for (JsonNode member : type.path("members")) {
            String name = member.path("name").asText();
            known.add(name);
            if (value.has(name)) {
                check(path + "." + name, member.path("type").asText(), value.get(name), problems);
            } else if (!member.has("default")) {
                problems.add("%s.%s is missing".formatted(path, name));
            }
        }
        for (JsonNode variant : type.path("variants")) {
            if (variant.path("case").equals(value.path(type.path("tag").asText()))) {
                known.addAll(checkObject(path, variant.path("type").asText(), value, problems));
            }
        }
        return known;
    }

    private static void reportUnknown(String path, JsonNode value, Set<String> known, List<String> problems) {
        ((ObjectNode) value).fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                problems.add("%s.%s is unknown".formatted(path, name));
            }
        });
    }

    private boolean fitsOneOf(String path, JsonNode type, JsonNode value, List<String> problems) {
        for (JsonNode alternative : type.path("members")) {
            var ownProblems = new ArrayList<String>();
            check(path, alternative.path("type").asText(), value, ownProblems);
            if (ownProblems.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasWord(JsonNode type, JsonNode value) {
        for (JsonNode word : type.path("values")) {
            if (word.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean fitsBuiltin(JsonNode type, JsonNode value) {
        return switch (type.path("json-type").asText()) {
            case "string" -> value.isTextual();
            case "int" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> true;
        };
    }
}
