package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `query-chardev` (qapi/char.json, since 0.14): all character devices.
public record QueryChardev() implements QmpCommand<List<CharacterDevice>> {

    @Override
    public String name() {
        return "query-chardev";
    }

    @Override
    public List<CharacterDevice> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", CharacterDevice::from);
    }
}
