package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `query-block-exports` (qapi/block-export.json, since 5.2): all exports, also those that are shutting down.
public record QueryBlockExports() implements QmpCommand<List<BlockExport>> {

    @Override
    public String name() {
        return "query-block-exports";
    }

    @Override
    public List<BlockExport> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", BlockExport::from);
    }
}
