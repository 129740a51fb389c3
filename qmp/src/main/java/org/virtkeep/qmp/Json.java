package org.virtkeep.qmp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.virtkeep.json.JsonText;

/// JSON text to trees and back, with limits on what a peer may send.
final class Json {

    /// The longest message we read. The longest real one is `query-qmp-schema`'s reply, about 200 KB; QEMU
    /// itself reads up to this much.
    static final int MAX_MESSAGE_BYTES = 64 << 20;

    /// The deepest nesting we read, the same limit as QEMU's own reader. Real depth comes from backing
    /// chains.
    static final int MAX_DEPTH = 1024;

    /// The most tokens in one message, the same limit as QEMU's own reader; bounds the memory that a tree
    /// takes.
    static final int MAX_TOKENS = 2 << 20;

    private static final JsonText TEXT = new JsonText(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_MESSAGE_BYTES)
                    .maxTokenCount(MAX_TOKENS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// An object with one string member.
    static ObjectNode object(String member, String value) {
        return object().put(member, value);
    }

    static ArrayNode array(Collection<? extends JsonNode> elements) {
        return JsonNodeFactory.instance.arrayNode().addAll(elements);
    }

    /// @throws IOException if `line` is not exactly one JSON value within the limits
    static JsonNode parse(byte[] line) throws IOException {
        return TEXT.read(line);
    }

    /// @return UTF-8 on a single line, without its end
    /// @throws IllegalArgumentException if `message` holds a character that QEMU does not accept
    static byte[] encode(ObjectNode message) {
        String line = TEXT.line(message);
        line.codePoints().filter(Json::isRefused).findFirst().ifPresent(character -> {
            throw new IllegalArgumentException("a command cannot hold the character U+%04X".formatted(character));
        });
        return line.getBytes(StandardCharsets.UTF_8);
    }

    /// Half a surrogate pair, or one of Unicode's noncharacters. QEMU would not read the command at all, and
    /// could not say whose command it was.
    private static boolean isRefused(int character) {
        return Character.getType(character) == Character.SURROGATE
                || (character & 0xFFFE) == 0xFFFE
                || character >= 0xFDD0 && character <= 0xFDEF;
    }
}
