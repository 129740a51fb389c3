package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-dirty-bitmap-clear` (qapi/block-core.json, since 2.4): makes a bitmap clean.
public record ClearBitmap(String nodeName, String bitmap) implements TransactionAction {

    @Override
    public String name() {
        return "block-dirty-bitmap-clear";
    }

    @Override
    public ObjectNode arguments() {
        return new BitmapReference(nodeName, bitmap).toJson();
    }
}
