/// The backup repository: chunks in packs, a rebuildable index, maps that are shared between backups,
/// manifests, leases, verification and pruning, over a small storage interface.
module org.virtkeep.repository {
    requires transitive org.virtkeep.model;
    requires org.virtkeep.json;
    requires com.github.luben.zstd_jni;
    requires jdk.unsupported; // where ExtendedOpenOption.DIRECT is
    requires org.slf4j;

    exports org.virtkeep.repository;
}
