package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// `block-dirty-bitmap-merge` (qapi/block-core.json, since 4.0): marks in one bitmap what is dirty in others.
///
/// @param nodeName the node of `target`
/// @param target the bitmap that is changed; need not be clean
/// @param sources bitmaps of any nodes of the same size, none of them busy or inconsistent
public record MergeBitmaps(String nodeName, String target, List<BitmapReference> sources) implements TransactionAction {

    public MergeBitmaps {
        sources = List.copyOf(sources);
    }

    @Override
    public String name() {
        return "block-dirty-bitmap-merge";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = Json.object("node", nodeName).put("target", target);
        arguments.set(
                "bitmaps",
                Json.array(sources.stream().map(BitmapReference::toJson).toList()));
        return arguments;
    }
}
