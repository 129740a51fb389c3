package org.virtkeep.qemu.backup;

/// What must be known by everyone who reads a fleeced disk. Stateless.
///
/// QEMU up to 7.2 at least shows a fleecing disk's *present* content to a request that begins where the guest has
/// overwritten something since the instant and ends where it has not. A request that stays within one unit of
/// copy-before-write is always answered right. See `docs/decisions/001-reading-a-fleeced-disk.md`.
final class FrozenDisk {

    /// Copy-before-write saves old content in units of this size or a multiple of it (`block-copy`'s default cluster,
    /// or that of the scratch image if it is larger).
    static final int UNIT_BYTES = 64 << 10;

    /// Requests in flight that make up for their small size.
    static final int COPY_WORKERS = 64;

    private FrozenDisk() {}
}
