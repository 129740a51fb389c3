package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDecodingTest {

    /// What stands where something else should.
    private static final List<JsonNode> STRANGE = List.of(
            SampleCommands.json("null"),
            SampleCommands.json("true"),
            SampleCommands.json("-1"),
            SampleCommands.json("1.5"),
            SampleCommands.json("99999999999999999999"),
            SampleCommands.json("'text'"),
            SampleCommands.json("[]"),
            SampleCommands.json("[[]]"),
            SampleCommands.json("{}"));

    static List<SampleReplies.Sample> samples() {
        return SampleReplies.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isDecoded(SampleReplies.Sample sample) throws QmpException {
        assertThat((Object) sample.command().decode(sample.reply())).isEqualTo(sample.decoded());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aMutilatedReplyIsDecodedOrAProtocolError(SampleReplies.Sample sample) {
        if (sample.command() instanceof QomGet) {
            return; // may be anything
        }
        int refused = 0;
        for (JsonNode mutilated : mutilations(sample.reply())) {
            try {
                assertThat((Object) sample.command().decode(mutilated)).isNotNull();
            } catch (QmpException.Protocol e) {
                assertThat(e).hasMessageMatching("(?s)'.*' is .*");
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void aCommandThatOnlySucceedsAcceptsAnyReply() throws QmpException {
        assertThat(new StopVm().decode(SampleCommands.json("{'later': 1}"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "undefined",
                "created",
                "running",
                "paused",
                "ready",
                "standby",
                "waiting",
                "pending",
                "aborting",
                "concluded",
                "null"
            })
    void everyJobStatusIsKnown(String name) {
        assertThat(JobStatus.of(name)).isNotEqualTo(JobStatus.UNKNOWN);
        assertThat(WireName.of(JobStatus.of(name))).isEqualTo(name);
    }

    @Test
    void aFailureNamesThePlace() {
        JsonNode reply = SampleCommands.json("[{'device': '', 'inserted': {'node-name': 'a', 'drv': 'b',"
                + " 'ro': false, 'file': 'c', 'image': {'filename': 'd', 'format': 'e', 'virtual-size': '1G'}}}]");
        assertThatThrownBy(() -> new QueryBlock().decode(reply))
                .hasMessage("'return[0].inserted.image.virtual-size' is not a whole number of 64 bits");
    }

    @Test
    void aGraphIsWalkedUpAndDown() throws QmpException {
        NodeGraph graph = new QueryBlockGraph()
                .decode(SampleCommands.json("{'nodes': [{'id': 1, 'type': 'block-driver', 'name': 'top'},"
                        + " {'id': 2, 'type': 'block-driver', 'name': 'file'},"
                        + " {'id': 3, 'type': 'block-backend', 'name': 'top'}],"
                        + " 'edges': [{'parent': 1, 'child': 2, 'name': 'file', 'perm': [], 'shared-perm': []},"
                        + " {'parent': 3, 'child': 1, 'name': 'root', 'perm': [], 'shared-perm': []}]}"));
        NodeGraph.Vertex top = graph.node("top").orElseThrow();
        assertThat(top.id()).isEqualTo(1);
        assertThat(graph.below(top)).extracting(NodeGraph.Edge::role).containsExactly("file");
        assertThat(graph.above(top)).extracting(NodeGraph.Edge::role).containsExactly("root");
        assertThat(graph.vertex(graph.above(top).getFirst().parent())
                        .orElseThrow()
                        .kind())
                .isEqualTo(NodeGraph.Kind.BLOCK_BACKEND);
        assertThat(graph.node("other")).isEmpty();
    }

    @Test
    void aBitmapIsFoundByName() throws QmpException {
        SampleReplies.Sample nodes = samples().stream()
                .filter(sample -> sample.name().equals("nodes"))
                .findFirst()
                .orElseThrow();
        BlockNode node = new QueryNamedBlockNodes().decode(nodes.reply()).getFirst();
        assertThat(node.bitmap("cp1").orElseThrow().inconsistent()).isTrue();
        assertThat(node.bitmap("cp2")).isEmpty();
    }

    /// The reply with each of its values, one at a time, replaced by something else or taken away.
    private static List<JsonNode> mutilations(JsonNode reply) {
        var results = new ArrayList<>(STRANGE);
        mutilate(reply, results::add, reply);
        return results;
    }

    private static void mutilate(JsonNode place, Consumer<JsonNode> results, JsonNode whole) {
        switch (place) {
            case ObjectNode object -> {
                for (String member : memberNames(object)) {
                    JsonNode original = object.get(member);
                    object.remove(member);
                    results.accept(whole.deepCopy());
                    for (JsonNode strange : STRANGE) {
                        object.set(member, strange);
                        results.accept(whole.deepCopy());
                    }
                    object.set(member, original);
                    mutilate(original, results, whole);
                }
            }
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    JsonNode original = array.get(i);
                    for (JsonNode strange : STRANGE) {
                        array.set(i, strange);
                        results.accept(whole.deepCopy());
                    }
                    array.set(i, original);
                    mutilate(original, results, whole);
                }
            }
            default -> {}
        }
    }

    private static List<String> memberNames(ObjectNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
