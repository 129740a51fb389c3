package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-export-del` (qapi/block-export.json, since 5.2): ends an export. It is gone when
/// [QueryBlockExports] does not list it any more, which the event `BLOCK_EXPORT_DELETED` announces.
public record RemoveExport(String id, Mode mode) implements QmpAction {

    /// What to do about clients (`BlockExportRemoveMode`).
    public enum Mode {
        /// Refuse while clients are connected.
        SAFE,
        /// Disconnect them.
        HARD
    }

    @Override
    public String name() {
        return "block-export-del";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", id).put("mode", WireName.of(mode));
    }
}
