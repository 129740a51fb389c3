/// One QEMU monitor connection: greeting, typed commands, events, failures.
module org.virtkeep.qmp {
    requires transitive org.virtkeep.json;
    requires transitive org.virtkeep.model;
    requires jdk.net;

    exports org.virtkeep.qmp;
}
