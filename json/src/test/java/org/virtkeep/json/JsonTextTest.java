package org.virtkeep.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The mapper that is not used says what is right.
class JsonTextTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int TREES = 2_000;
    private static final int DEPTH = 5;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "\"\\u00e9\\n\\ud83d\\ude00\"",
                "-1",
                "2147483648",
                "9223372036854775807",
                "18446744073709551615",
                "1.5e300",
                "-0.0",
                "{\"a\":[1,{\"b\":null}],\"c\":\"\"}",
                " {\"a\" : 1} \n"
            })
    void readsAndWritesWhatTheMapperDoes(String text) throws IOException {
        JsonNode tree = MAPPER.readTree(text);
        assertThat(JsonText.USUAL.read(bytes(text))).isEqualTo(tree);
        assertThat(JsonText.USUAL.line(tree)).isEqualTo(MAPPER.writeValueAsString(tree));
        assertThat(JsonText.USUAL.lines(tree))
                .isEqualTo(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(tree));
    }

    @Test
    void readsWhatItHasWritten() throws IOException {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < TREES; i++) {
            JsonNode tree = tree(random, DEPTH);
            assertThat(JsonText.USUAL.read(bytes(JsonText.USUAL.line(tree))))
                    .as("seed %d", seed)
                    .isEqualTo(tree);
            assertThat(JsonText.USUAL.read(bytes(JsonText.USUAL.lines(tree))))
                    .as("seed %d", seed)
                    .isEqualTo(tree);
        }
    }

    private static JsonNode tree(SplittableRandom random, int depth) {
        var nodes = JsonNodeFactory.instance;
        switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0:
                return nodes.textNode(
                        Character.toString(random.nextInt(0x20, 0xD800)).repeat(random.nextInt(4)));
            case 1:
                return nodes.numberNode(random.nextInt());
            case 2:
                return nodes.numberNode(random.nextLong(Integer.MAX_VALUE + 1L, Long.MAX_VALUE));
            case 3:
                return nodes.booleanNode(random.nextBoolean());
            case 4:
                return nodes.numberNode(random.nextDouble());
            case 5:
                var array = nodes.arrayNode();
                random.ints(random.nextInt(4)).forEach(_ -> array.add(tree(random, depth - 1)));
                return array;
            default:
                var object = nodes.objectNode();
                random.ints(random.nextInt(4), 0, 100).forEach(name -> object.set("m" + name, tree(random, depth - 1)));
                return object;
        }
    }

    @Test
    void nothingIsAMissingValue() throws IOException {
        assertThat(JsonText.USUAL.read(bytes(" \n")).isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1,", "{\"a\":1}}", "{} {}", "1 2", "tru", "{\"a\"}", "nul", "\"a", "{1:2}", "01"})
    void anythingElseIsNotJson(String text) {
        assertThatExceptionOfType(JsonProcessingException.class).isThrownBy(() -> JsonText.USUAL.read(bytes(text)));
    }

    @Test
    void theFactorySetsTheLimits() throws IOException {
        var shallow = new JsonText(JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(3).build())
                .build());
        assertThat(shallow.read(bytes("[[[]]]"))).isEqualTo(MAPPER.readTree("[[[]]]"));
        assertThatExceptionOfType(JsonProcessingException.class).isThrownBy(() -> shallow.read(bytes("[[[[]]]]")));
    }
}
