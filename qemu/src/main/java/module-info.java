/// The driver for QEMU on this host: processes, block graphs, bitmaps, jobs, and state that survives a
/// restart.
module org.virtkeep.qemu {
    requires transitive org.virtkeep.api;
    requires org.virtkeep.qmp;
    requires org.virtkeep.nbd;
    requires org.virtkeep.json;
    requires org.slf4j;

    exports org.virtkeep.qemu;

    provides org.virtkeep.api.spi.Driver with
            org.virtkeep.qemu.QemuDriver;
}
