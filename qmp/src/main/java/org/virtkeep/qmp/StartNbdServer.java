package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/// `nbd-server-start` (qapi/block-export.json, since 1.3): lets QEMU listen for NBD clients on a unix socket.
/// A process has one such server.
///
/// @param socket created by QEMU; a stale one is replaced
/// @param maxConnections further clients wait without an answer; 0 is no limit
public record StartNbdServer(Path socket, int maxConnections) implements QmpAction {

    @Override
    public String name() {
        return "nbd-server-start";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode address = Json.object("type", "unix");
        address.set("data", Json.object("path", socket.toString()));
        ObjectNode arguments = Json.object();
        arguments.set("addr", address);
        return arguments.put("max-connections", maxConnections);
    }
}
