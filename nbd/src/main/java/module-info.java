/// The NBD protocol: handshake, client, server, metadata contexts, and the relay between one upstream and
/// many clients.
module org.virtkeep.nbd {
    requires transitive org.virtkeep.model;
    requires org.slf4j;
    requires org.virtkeep.tls;

    exports org.virtkeep.nbd;
}
