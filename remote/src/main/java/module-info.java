/// The driver for domains behind a daemon, over libvirt's RPC: libvirtd, virtqemud, virtkeepd.
module org.virtkeep.remote {
    requires transitive org.virtkeep.api;
    requires org.virtkeep.rpc;
    requires org.virtkeep.tls;
    requires org.slf4j;

    exports org.virtkeep.remote;

    provides org.virtkeep.api.spi.Driver with
            org.virtkeep.remote.RemoteDriver;
}
