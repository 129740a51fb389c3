/// Certificates and keys from PEM files, for NBD and RPC over TLS.
module org.virtkeep.tls {
    exports org.virtkeep.tls;
}
