package org.virtkeep.qemu.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.virtkeep.json.JsonText;

/// State files as JSON trees: fields are written and read by name, so that a class can change without
/// changing the format. A missing or wrong field is an [IOException] that names it. Stateless.
public final class Json {
    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /// One line of UTF-8 without a line end.
    public static byte[] bytes(JsonNode node) {
        return JsonText.USUAL.line(node).getBytes(StandardCharsets.UTF_8);
    }

    /// @param origin named in the error
    public static JsonNode parse(String origin, byte[] bytes) throws IOException {
        try {
            JsonNode node = JsonText.USUAL.read(bytes);
            if (node.isMissingNode()) {
                throw new IOException("'%s' is empty".formatted(origin));
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new IOException("'%s' is not JSON: %s".formatted(origin, e.getOriginalMessage()), e);
        }
    }

    public static String text(JsonNode node, String field) throws IOException {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw wrong(field, "text", value);
        }
        return value.textValue();
    }

    public static long number(JsonNode node, String field) throws IOException {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(field, "a number", value);
        }
        return value.longValue();
    }

    public static int integer(JsonNode node, String field) throws IOException {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(field, "a number of 32 bits", value);
        }
        return value.intValue();
    }

    public static boolean flag(JsonNode node, String field) throws IOException {
        JsonNode value = node.path(field);
        if (!value.isBoolean()) {
            throw wrong(field, "true or false", value);
        }
        return value.booleanValue();
    }

    public static Instant instant(JsonNode node, String field) throws IOException {
        try {
            return Instant.parse(text(node, field));
        } catch (DateTimeException e) {
            throw new IOException("field '%s' is not a time: '%s'".formatted(field, text(node, field)), e);
        }
    }

    public static <E extends Enum<E>> E constant(JsonNode node, String field, Class<E> type) throws IOException {
        String name = text(node, field);
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new IOException("field '%s' has unknown value '%s'".formatted(field, name), e);
        }
    }

    public static Optional<String> optionalText(JsonNode node, String field) throws IOException {
        return has(node, field) ? Optional.of(text(node, field)) : Optional.empty();
    }

    public static OptionalLong optionalNumber(JsonNode node, String field) throws IOException {
        return has(node, field) ? OptionalLong.of(number(node, field)) : OptionalLong.empty();
    }

    public static OptionalInt optionalInteger(JsonNode node, String field) throws IOException {
        return has(node, field) ? OptionalInt.of(integer(node, field)) : OptionalInt.empty();
    }

    /// The elements of an array field.
    public static List<JsonNode> elements(JsonNode node, String field) throws IOException {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw wrong(field, "an array", value);
        }
        var elements = new ArrayList<JsonNode>();
        value.forEach(elements::add);
        return List.copyOf(elements);
    }

    public static boolean has(JsonNode node, String field) {
        return node.hasNonNull(field);
    }

    private static IOException wrong(String field, String needed, JsonNode found) {
        return new IOException("field '%s' should be %s but is %s"
                .formatted(field, needed, found.isMissingNode() ? "missing" : found.toString()));
    }
}
