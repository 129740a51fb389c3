/// XDR and libvirt's RPC: framing, procedures with their argument records, events, keepalive; a client and a
/// dispatcher.
module org.virtkeep.rpc {
    requires transitive org.virtkeep.model;
    requires org.slf4j;

    exports org.virtkeep.rpc;
}
