/// Domains, disks, checkpoints and backups as immutable records, with libvirt's XML and error numbers.
module org.virtkeep.model {
    requires java.xml;

    exports org.virtkeep.model;
}
