package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QmpSchemaTest {
    private QmpSchema schema;

    @BeforeEach
    void readSchema() throws QmpException {
        schema = new QueryQmpSchema().decode(SampleCommands.json("""
                [{'name': 'stop', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0'},
                 {'name': 'add', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0'},
                 {'name': 'many', 'meta-type': 'command', 'arg-type': '5', 'ret-type': '0'},
                 {'name': 'STOP', 'meta-type': 'event', 'arg-type': '0'},
                 {'name': '0', 'meta-type': 'object', 'members': []},
                 {'name': '1', 'meta-type': 'object', 'members': [{'name': 'driver', 'type': '2'}],
                  'tag': 'driver', 'variants': [{'case': 'file', 'type': '3'}, {'case': 'nbd', 'type': '4'}]},
                 {'name': '2', 'meta-type': 'enum', 'members': [{'name': 'file'}, {'name': 'nbd'}],
                  'values': ['file', 'nbd']},
                 {'name': '3', 'meta-type': 'object', 'members': [{'name': 'filename', 'type': 'str'}]},
                 {'name': '4', 'meta-type': 'object', 'members': [{'name': 'server', 'type': '6'}]},
                 {'name': '5', 'meta-type': 'object', 'members': [{'name': 'nodes', 'type': '[7]'}]},
                 {'name': '6', 'meta-type': 'alternate', 'members': [{'type': 'str'}, {'type': '1'}]},
                 {'name': '[7]', 'meta-type': 'array', 'element-type': '1'},
                 {'name': '8', 'meta-type': 'enum', 'values': ['old']},
                 {'name': 'str', 'meta-type': 'builtin', 'json-type': 'string'}]"""));
    }

    @Test
    void knowsCommandsAndEvents() {
        assertThat(schema.hasCommand("stop")).isTrue();
        assertThat(schema.hasCommand("STOP")).isFalse();
        assertThat(schema.hasEvent("STOP")).isTrue();
        assertThat(schema.hasEvent("stop")).isFalse();
        assertThat(schema.hasCommand("0")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"driver", "filename", "server", "server.filename", "server.server.driver"})
    void followsMembersVariantsAndAlternatives(String argument) {
        assertThat(schema.hasArgument("add", argument)).isTrue();
        assertThat(schema.hasArgument("many", "nodes." + argument)).isTrue();
        assertThat(schema.hasArgument("stop", argument)).isFalse();
        assertThat(schema.hasArgument("none", argument)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "other", "driver.file", "filename.x", "server.x", "0"})
    void refusesWhatLeadsNowhere(String argument) {
        assertThat(schema.hasArgument("add", argument)).isFalse();
    }

    @Test
    void knowsTheWordsThatAnArgumentCanBe() {
        assertThat(schema.hasArgumentValue("add", "driver", "nbd")).isTrue();
        assertThat(schema.hasArgumentValue("many", "nodes.server.driver", "nbd"))
                .isTrue();
        assertThat(schema.hasArgumentValue("add", "driver", "raw")).isFalse();
        assertThat(schema.hasArgumentValue("add", "filename", "nbd")).isFalse();
    }

    @Test
    void typesThatContainThemselvesEnd() throws QmpException {
        QmpSchema endless = new QueryQmpSchema().decode(SampleCommands.json("""
                [{'name': 'c', 'meta-type': 'command', 'arg-type': '[1]', 'ret-type': '0'},
                 {'name': '[1]', 'meta-type': 'array', 'element-type': '[1]'}]"""));
        assertThat(endless.hasArgument("c", "a.b")).isFalse();
        assertThat(endless.hasArgumentValue("c", "a", "b")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[7]",
                "[{'name': 'x'}]",
                "[{'meta-type': 'object'}]",
                "[{'name': 'x', 'meta-type': 'command'}]",
                "[{'name': 'x', 'meta-type': 'array'}]",
                "[{'name': 'x', 'meta-type': 'object', 'members': 7}]",
                "[{'name': 'x', 'meta-type': 'object', 'members': [{'name': 'm'}]}]",
                "[{'name': 'x', 'meta-type': 'object', 'variants': [{'case': 'm'}]}]",
                "[{'name': 'x', 'meta-type': 'enum', 'values': [7]}]",
            })
    void aMalformedSchemaIsAProtocolError(String reply) {
        assertThatThrownBy(() -> new QueryQmpSchema().decode(SampleCommands.json(reply)))
                .isInstanceOf(QmpException.Protocol.class);
    }
}
