package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A JSON object from QEMU whose members are read with their types checked. Every failure names the member's
/// path.
///
/// An absent member and a null one are the same.
///
/// @param node the object itself
/// @param path where the object stands in its message, such as `return[2].image`
record JsonObject(JsonNode node, String path) {

    /// Decodes one object of an array.
    @FunctionalInterface
    interface Decoder<T> {
        T decode(JsonObject object) throws QmpException.Protocol;
    }

    static JsonObject of(JsonNode node, String path) throws QmpException.Protocol {
        if (!node.isObject()) {
            throw new QmpException.Protocol("'%s' is not an object".formatted(path));
        }
        return new JsonObject(node, path);
    }

    /// Decodes a reply that is an array of objects.
    static <T> List<T> list(JsonNode array, String path, Decoder<T> decoder) throws QmpException.Protocol {
        if (!array.isArray()) {
            throw new QmpException.Protocol("'%s' is not an array".formatted(path));
        }
        var list = new ArrayList<T>(array.size());
        for (int i = 0; i < array.size(); i++) {
            list.add(decoder.decode(of(array.get(i), "%s[%d]".formatted(path, i))));
        }
        return List.copyOf(list);
    }

    boolean has(String member) {
        return node.hasNonNull(member);
    }

    String text(String member) throws QmpException.Protocol {
        return optionalText(member).orElseThrow(() -> missing(member));
    }

    Optional<String> optionalText(String member) throws QmpException.Protocol {
        return has(member) ? Optional.of(asText(node.get(member), member)) : Optional.empty();
    }

    long number(String member) throws QmpException.Protocol {
        return optionalNumber(member).orElseThrow(() -> missing(member));
    }

    Optional<Long> optionalNumber(String member) throws QmpException.Protocol {
        if (!has(member)) {
            return Optional.empty();
        }
        JsonNode value = node.get(member);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(member, "a whole number of 64 bits");
        }
        return Optional.of(value.longValue());
    }

    int integer(String member) throws QmpException.Protocol {
        long value = number(member);
        if (value != (int) value) {
            throw wrong(member, "a whole number of 32 bits");
        }
        return (int) value;
    }

    boolean flag(String member) throws QmpException.Protocol {
        return optionalFlag(member).orElseThrow(() -> missing(member));
    }

    Optional<Boolean> optionalFlag(String member) throws QmpException.Protocol {
        if (!has(member)) {
            return Optional.empty();
        }
        if (!node.get(member).isBoolean()) {
            throw wrong(member, "true or false");
        }
        return Optional.of(node.get(member).booleanValue());
    }

    JsonObject object(String member) throws QmpException.Protocol {
        return optionalObject(member).orElseThrow(() -> missing(member));
    }

    Optional<JsonObject> optionalObject(String member) throws QmpException.Protocol {
        return has(member) ? Optional.of(of(node.get(member), pathOf(member))) : Optional.empty();
    }

    /// A member that is an array of objects; absent is empty.
    <T> List<T> list(String member, Decoder<T> decoder) throws QmpException.Protocol {
        return has(member) ? list(node.get(member), pathOf(member), decoder) : List.of();
    }

    /// A member that is an array of strings; absent is empty.
    List<String> texts(String member) throws QmpException.Protocol {
        if (!has(member)) {
            return List.of();
        }
        if (!node.get(member).isArray()) {
            throw wrong(member, "an array");
        }
        var texts = new ArrayList<String>();
        for (JsonNode element : node.get(member)) {
            texts.add(asText(element, member));
        }
        return List.copyOf(texts);
    }

    QmpException.Protocol wrong(String member, String wanted) {
        return new QmpException.Protocol("'%s' is not %s".formatted(pathOf(member), wanted));
    }

    private String asText(JsonNode value, String member) throws QmpException.Protocol {
        if (!value.isTextual()) {
            throw wrong(member, "a string");
        }
        return value.textValue();
    }

    private QmpException.Protocol missing(String member) {
        return new QmpException.Protocol("'%s' is missing".formatted(pathOf(member)));
    }

    private String pathOf(String member) {
        return path.isEmpty() ? member : path + "." + member;
    }
}
