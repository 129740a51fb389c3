package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/// A command whose success is all there is to know. Its reply decodes to null, the only value of [Void].
public interface QmpAction extends QmpCommand<Void> {

    @Override
    default Void decode(JsonNode result) {
        return null;
    }
}
