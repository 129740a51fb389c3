package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `query-iothreads` (qapi/misc.json, since 2.0): the threads that serve disks beside the main loop.
public record QueryIothreads() implements QmpCommand<List<IothreadInfo>> {

    @Override
    public String name() {
        return "query-iothreads";
    }

    @Override
    public List<IothreadInfo> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", IothreadInfo::from);
    }
}
