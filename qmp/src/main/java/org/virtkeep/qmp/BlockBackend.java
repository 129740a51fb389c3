package org.virtkeep.qmp;

import java.util.Optional;

/// One disk of the guest (`BlockInfo`).
///
/// @param device the backend's name; empty for disks that were made with `-blockdev`
/// @param qdev the guest device: its id, or its path in QEMU's object tree; empty if no device uses the
///     backend
/// @param inserted the topmost node under the device (a filter, while a backup runs); empty for an empty
///     drive
/// @param ioStatus empty if the device does not support stopping on errors
public record BlockBackend(
        String device, Optional<String> qdev, Optional<BlockNode> inserted, Optional<IoStatus> ioStatus) {

    static BlockBackend from(JsonObject backend) throws QmpException.Protocol {
        Optional<JsonObject> inserted = backend.optionalObject("inserted");
        return new BlockBackend(
                backend.text("device"),
                backend.optionalText("qdev"),
                inserted.isPresent() ? Optional.of(BlockNode.from(inserted.get())) : Optional.empty(),
                backend.optionalText("io-status").map(IoStatus::of));
    }
}
