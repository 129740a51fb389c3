package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/// `x-debug-query-block-graph` (qapi/block-core.json, since 4.0): which block node stands on which. The only
/// way to learn the children of a node before QEMU 10.1. QEMU does not promise to keep it: see
/// [QmpSchema#hasCommand].
public record QueryBlockGraph() implements QmpCommand<NodeGraph> {

    @Override
    public String name() {
        return "x-debug-query-block-graph";
    }

    @Override
    public NodeGraph decode(JsonNode result) throws QmpException.Protocol {
        return NodeGraph.from(JsonObject.of(result, "return"));
    }
}
