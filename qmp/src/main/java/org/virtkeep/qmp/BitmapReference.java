package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// A bitmap by its place (`BlockDirtyBitmap`).
public record BitmapReference(String nodeName, String bitmap) {

    ObjectNode toJson() {
        return Json.object("node", nodeName).put("name", bitmap);
    }
}
