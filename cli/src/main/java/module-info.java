/// `virtkeep`: arguments, output, progress, exit codes. Not a library: nothing is exported.
///
/// The drivers `org.virtkeep.qemu` and `org.virtkeep.remote` are not required here: they provide the service that
/// `org.virtkeep.api` uses, so that the run-time system resolves them whenever their jars are on the module path.
module org.virtkeep.cli {
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires org.slf4j.simple;
    requires org.virtkeep.api;
    requires org.virtkeep.model;
    requires org.virtkeep.nbd;
    requires org.virtkeep.repository;
    requires org.virtkeep.transfer;
}
