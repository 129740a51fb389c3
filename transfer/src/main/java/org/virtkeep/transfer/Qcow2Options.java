package org.virtkeep.transfer;

import org.virtkeep.repository.DiskInfo;

/// How a restored qcow2 image is made: like the original, as far as the backup knows it and QEMU takes it.
///
/// @param clusterBits log2 of the cluster size, 12 to 21; 14 at least with extended tables
/// @param lazyRefcounts reference counts may be behind after a crash of QEMU
/// @param extendedL2 each cluster has a bitmap of its 32 parts; level-2 entries take 16 bytes
/// @param refcountOrder log2 of the width of a reference count in bits, 0 to 6
record Qcow2Options(int clusterBits, boolean lazyRefcounts, boolean extendedL2, int refcountOrder) {
    private static final int DEFAULT_CLUSTER_BITS = 16;
    private static final int MIN_CLUSTER_BITS = 12;
    private static final int MIN_EXTENDED_CLUSTER_BITS = 14;
    private static final int MAX_CLUSTER_BITS = 21;
    private static final int DEFAULT_REFCOUNT_ORDER = 4;
    private static final int MAX_REFCOUNT_ORDER = 6;
    private static final long MAX_LEVEL1_ENTRIES = 4 << 20;

    /// From a disk's labels, see [Qcow2Header#labels()]. Clusters get larger if the disk needs it: QEMU takes no
    /// larger first table.
    static Qcow2Options of(DiskInfo disk) {
        boolean extended = isOn(disk, "extended_l2");
        int minimum = extended ? MIN_EXTENDED_CLUSTER_BITS : MIN_CLUSTER_BITS;
        int bits = logarithm(disk, "cluster_size", minimum, MAX_CLUSTER_BITS, DEFAULT_CLUSTER_BITS);
        int entryBits = extended ? 4 : 3;
        while (bits < MAX_CLUSTER_BITS && disk.sizeBytes() >> 2 * bits - entryBits >= MAX_LEVEL1_ENTRIES) {
            bits++;
        }
        int refcounts = logarithm(disk, "refcount_bits", 0, MAX_REFCOUNT_ORDER, DEFAULT_REFCOUNT_ORDER);
        return new Qcow2Options(bits, isOn(disk, "lazy_refcounts"), extended, refcounts);
    }

    private static boolean isOn(DiskInfo disk, String label) {
        return disk.labels().getOrDefault(label, "").equals("on");
    }

    private static int logarithm(DiskInfo disk, String label, int least, int most, int otherwise) {
        try {
            int value = Integer.parseInt(disk.labels().getOrDefault(label, ""));
            int bits = Integer.numberOfTrailingZeros(value);
            return value == 1 << bits && bits >= least && bits <= most ? bits : otherwise;
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }

    int clusterBytes() {
        return 1 << clusterBits;
    }

    /// Size of an entry of a level-2 table.
    int level2EntryBytes() {
        return extendedL2 ? 2 * Long.BYTES : Long.BYTES;
    }

    /// How many reference counts a cluster holds.
    long refcountsPerBlock() {
        return ((long) clusterBytes() << 3) >> refcountOrder;
    }
}
