package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// `blockdev-reopen` (qapi/block-core.json, since 6.1): gives nodes new options, all at once or none. What is
/// not given goes back to its default.
///
/// QEMU 7.2 aborts when a new `file` goes round another active filter: use it with care.
///
/// @param nodes for each node its name and all of its `BlockdevOptions`
public record ReopenNodes(List<NodeOptions> nodes) implements QmpAction {

    public ReopenNodes {
        nodes = List.copyOf(nodes);
    }

    @Override
    public String name() {
        return "blockdev-reopen";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = Json.object();
        arguments.set(
                "options", Json.array(nodes.stream().map(NodeOptions::toJson).toList()));
        return arguments;
    }
}
