package org.virtkeep.qmp;

/// One export of a block node (`BlockExportInfo`).
///
/// @param type `nbd`, `vhost-user-blk`, `fuse` or `vduse-blk`
/// @param shuttingDown whether it was asked to end and waits for its clients or its requests
public record BlockExport(String id, String type, String nodeName, boolean shuttingDown) {

    static BlockExport from(JsonObject export) throws QmpException.Protocol {
        return new BlockExport(
                export.text("id"), export.text("type"), export.text("node-name"), export.flag("shutting-down"));
    }
}
