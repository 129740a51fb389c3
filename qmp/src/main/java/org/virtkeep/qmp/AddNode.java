package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-add` (qapi/block-core.json, since 2.9): opens a block node.
///
/// @param options `BlockdevOptions`; [NodeOptions] helps to make them
public record AddNode(ObjectNode options) implements QmpAction {

    public AddNode {
        options = options.deepCopy();
    }

    public AddNode(NodeOptions options) {
        this(options.toJson());
    }

    @Override
    public ObjectNode options() {
        return options.deepCopy();
    }

    @Override
    public String name() {
        return "blockdev-add";
    }

    @Override
    public ObjectNode arguments() {
        return options();
    }
}
