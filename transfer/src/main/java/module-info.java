/// Moves disks between NBD exports, image files and a repository: backup and restore.
module org.virtkeep.transfer {
    requires transitive org.virtkeep.api;
    requires transitive org.virtkeep.model;
    requires transitive org.virtkeep.repository;
    requires org.slf4j;
    requires transitive org.virtkeep.nbd;

    exports org.virtkeep.transfer;
}
