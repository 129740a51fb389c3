package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/// `query-qmp-schema` (qapi/introspect.json, since 2.5): what this QEMU can do. The reply has some 200 KB and
/// stays the same as long as the process lives: ask once.
public record QueryQmpSchema() implements QmpCommand<QmpSchema> {

    @Override
    public String name() {
        return "query-qmp-schema";
    }

    @Override
    public QmpSchema decode(JsonNode result) throws QmpException.Protocol {
        return QmpSchema.from(result);
    }
}
