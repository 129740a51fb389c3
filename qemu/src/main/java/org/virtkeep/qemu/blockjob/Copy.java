package org.virtkeep.qemu.blockjob;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.virtkeep.qemu.state.Json;

/// What is said about a copy beside what all block jobs have.
///
/// @param shallow          the active image alone is copied; the copy rests on the same images
/// @param reused           the target's image exists
/// @param made             the target's file is made by us, and is of no use if the job does not begin
/// @param sizeBytes        the disk's virtual size
/// @param backingFormat    shallow: the format of the image below; otherwise empty
/// @param backingNode      shallow: its node; otherwise empty
/// @param granularityBytes 0 for QEMU's choice
/// @param bufferBytes      0 for QEMU's choice
/// @param synchronous      the guest's writes end when they are in the copy
record Copy(
        boolean shallow,
        boolean reused,
        boolean made,
        long sizeBytes,
        String backingFormat,
        String backingNode,
        long granularityBytes,
        long bufferBytes,
        boolean synchronous) {

    ObjectNode toJson() {
        return Json.object()
                .put("shallow", shallow)
                .put("reused", reused)
                .put("made", made)
                .put("sizeBytes", sizeBytes)
                .put("backingFormat", backingFormat)
                .put("backingNode", backingNode)
                .put("granularityBytes", granularityBytes)
                .put("bufferBytes", bufferBytes)
                .put("synchronous", synchronous);
    }

    static Copy fromJson(JsonNode node) throws IOException {
        return new Copy(
                Json.flag(node, "shallow"),
                Json.flag(node, "reused"),
                Json.flag(node, "made"),
                Json.number(node, "sizeBytes"),
                Json.text(node, "backingFormat"),
                Json.text(node, "backingNode"),
                Json.number(node, "granularityBytes"),
                Json.number(node, "bufferBytes"),
                Json.flag(node, "synchronous"));
    }
}
