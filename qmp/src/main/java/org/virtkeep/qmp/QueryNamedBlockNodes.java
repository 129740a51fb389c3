package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// `query-named-block-nodes` (qapi/block-core.json, since 2.0; flat since 5.0): all block nodes, each once,
/// without the images behind them.
public record QueryNamedBlockNodes() implements QmpCommand<List<BlockNode>> {

    @Override
    public String name() {
        return "query-named-block-nodes";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object().put("flat", true);
    }

    @Override
    public List<BlockNode> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", BlockNode::from);
    }
}
