package org.virtkeep.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.virtkeep.json.JsonText;

/// Reads and writes the JSON bodies of objects. A member that is missing or of the wrong kind makes the
/// object corrupt; members that we do not know are ignored, so that later versions may add some.
final class Json {
    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static byte[] bytes(JsonNode node) {
        return JsonText.USUAL.lines(node).getBytes(StandardCharsets.UTF_8);
    }

    static JsonNode parse(String name, byte[] body) throws IOException {
        try {
            return JsonText.USUAL.read(body);
        } catch (JsonProcessingException e) {
            throw new RepositoryException.Corrupt("'%s' is not JSON: %s".formatted(name, e.getOriginalMessage()), e);
        }
    }

    static String text(String name, JsonNode node, String member) throws IOException {
        if (!node.path(member).isTextual()) {
            throw new RepositoryException.Corrupt("'%s' has no text '%s'".formatted(name, member));
        }
        return node.path(member).textValue();
    }

    static long number(String name, JsonNode node, String member) throws IOException {
        if (!node.path(member).canConvertToLong()) {
            throw new RepositoryException.Corrupt("'%s' has no whole number '%s'".formatted(name, member));
        }
        return node.path(member).longValue();
    }

    static byte[] hex(String name, JsonNode node, String member) throws IOException {
        try {
            return HexFormat.of().parseHex(text(name, node, member));
        } catch (IllegalArgumentException e) {
            throw new RepositoryException.Corrupt("'%s': '%s' is not hexadecimal".formatted(name, member), e);
        }
    }

    static ContentHash hash(String name, JsonNode node, String member) throws IOException {
        try {
            return ContentHash.parse(text(name, node, member));
        } catch (IllegalArgumentException e) {
            throw new RepositoryException.Corrupt("'%s': '%s' is not a hash".formatted(name, member), e);
        }
    }
}
