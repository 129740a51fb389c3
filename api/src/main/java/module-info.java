/// What users program against: connection, domain, checkpoint, backup job, events; and the driver interface.
module org.virtkeep.api {
    requires transitive org.virtkeep.model;

    exports org.virtkeep.api;
    exports org.virtkeep.api.spi;

    uses org.virtkeep.api.spi.Driver;
}
