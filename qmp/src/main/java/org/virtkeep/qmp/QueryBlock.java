package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `query-block` (qapi/block-core.json, since 0.14): the guest's disks and what is inserted in them.
public record QueryBlock() implements QmpCommand<List<BlockBackend>> {

    @Override
    public String name() {
        return "query-block";
    }

    @Override
    public List<BlockBackend> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", BlockBackend::from);
    }
}
