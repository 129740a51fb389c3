package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.json.JsonText;

/// Collects a program's arguments. Confined to one thread.
final class Arguments {
    private final List<String> arguments = new ArrayList<>();

    Arguments add(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    /// An option whose value is a JSON object, where nothing needs to be escaped.
    Arguments json(String option, ObjectNode value) {
        return add(option, JsonText.USUAL.line(value));
    }

    /// A device; its id must be in `properties`.
    Arguments device(String driver, ObjectNode properties) {
        ObjectNode device = BlockNodes.object().put("driver", driver);
        device.setAll(properties);
        return json("-device", device);
    }

    /// A value inside a comma-separated list: commas are doubled.
    static String escape(String value) {
        return value.replace(",", ",,");
    }

    List<String> toList() {
        return List.copyOf(arguments);
    }
}
