package org.virtkeep.qmp;

/// `nbd-server-stop` (qapi/block-export.json, since 1.3): ends QEMU's NBD server and all its exports. A
/// client that does not read its replies makes QEMU hang in here until it closes.
public record StopNbdServer() implements QmpAction {

    @Override
    public String name() {
        return "nbd-server-stop";
    }
}
