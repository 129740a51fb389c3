package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalLong;

/// `block-dirty-bitmap-add` (qapi/block-core.json, since 2.4): makes a clean bitmap.
///
/// @param bitmap its name, at most 1023 bytes, unique on the node
/// @param persistent whether it is stored in the image when the node is closed; refused for formats other
///     than qcow2
/// @param recording whether it records writes from now on
/// @param granularityBytes how much one bit stands for, a power of two; QEMU chooses if empty
public record AddBitmap(
        String nodeName, String bitmap, boolean persistent, boolean recording, OptionalLong granularityBytes)
        implements TransactionAction {

    /// A bitmap that records writes from now on and outlives the node.
    public static AddBitmap persistent(String nodeName, String bitmap) {
        return new AddBitmap(nodeName, bitmap, true, true, OptionalLong.empty());
    }

    /// A bitmap that records writes from now on and lives as long as the node.
    public static AddBitmap temporary(String nodeName, String bitmap) {
        return new AddBitmap(nodeName, bitmap, false, true, OptionalLong.empty());
    }

    /// A bitmap that records nothing and lives as long as the node: the place to merge others into.
    public static AddBitmap disabled(String nodeName, String bitmap) {
        return new AddBitmap(nodeName, bitmap, false, false, OptionalLong.empty());
    }

    public AddBitmap withGranularity(long bytes) {
        return new AddBitmap(nodeName, bitmap, persistent, recording, OptionalLong.of(bytes));
    }

    @Override
    public String name() {
        return "block-dirty-bitmap-add";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = new BitmapReference(nodeName, bitmap).toJson();
        if (persistent) {
            arguments.put("persistent", true);
        }
        if (!recording) {
            arguments.put("disabled", true);
        }
        granularityBytes.ifPresent(bytes -> arguments.put("granularity", bytes));
        return arguments;
    }
}
