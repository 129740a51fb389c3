package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-dirty-bitmap-remove` (qapi/block-core.json, since 2.4): forgets a bitmap that is not busy, also an
/// inconsistent one.
public record RemoveBitmap(String nodeName, String bitmap) implements TransactionAction {

    @Override
    public String name() {
        return "block-dirty-bitmap-remove";
    }

    @Override
    public ObjectNode arguments() {
        return new BitmapReference(nodeName, bitmap).toJson();
    }
}
