/// One QEMU monitor connection: greeting, typed commands, events, failures.
module org.virtkeep.qmp {
    requires transitive com.fasterxml.jackson.databind;
    requires transitive org.virtkeep.model;
    requires jdk.net;

    exports org.virtkeep.qmp;
}
