package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-dirty-bitmap-disable` (qapi/block-core.json, since 4.0): stops a bitmap from recording writes; what
/// it holds stays.
public record DisableBitmap(String nodeName, String bitmap) implements TransactionAction {

    @Override
    public String name() {
        return "block-dirty-bitmap-disable";
    }

    @Override
    public ObjectNode arguments() {
        return new BitmapReference(nodeName, bitmap).toJson();
    }
}
