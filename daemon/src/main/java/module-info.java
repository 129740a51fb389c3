/// `virtkeepd`: serves libvirt's RPC program, and our own beside it, to local and remote clients. Not a library:
/// nothing is exported.
///
/// The driver `org.virtkeep.qemu` is not required here: it provides the service that `org.virtkeep.api` uses.
module org.virtkeep.daemon {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires info.picocli;
    requires jdk.net;
    requires jdk.unsupported;
    requires org.slf4j;
    requires org.virtkeep.api;
    requires org.virtkeep.model;
    requires org.virtkeep.rpc;
    requires org.virtkeep.tls;
    requires org.virtkeep.transfer;
}
