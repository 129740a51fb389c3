package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// `query-name` (qapi/misc.json, since 0.14): the guest's name, if QEMU was started with one (`-name`).
public record QueryName() implements QmpCommand<Optional<String>> {

    @Override
    public String name() {
        return "query-name";
    }

    @Override
    public Optional<String> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.of(result, "return").optionalText("name");
    }
}
