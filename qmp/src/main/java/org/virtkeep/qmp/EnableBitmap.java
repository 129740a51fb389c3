package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-dirty-bitmap-enable` (qapi/block-core.json, since 4.0): lets a bitmap record writes.
public record EnableBitmap(String nodeName, String bitmap) implements TransactionAction {

    @Override
    public String name() {
        return "block-dirty-bitmap-enable";
    }

    @Override
    public ObjectNode arguments() {
        return new BitmapReference(nodeName, bitmap).toJson();
    }
}
