package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the header of a qcow2 image tells of how it was made (QEMU's docs/interop/qcow2.txt), so that a
/// restored image can be made alike.
///
/// @param version 2 or 3
/// @param clusterBits log2 of the cluster size, 9 to 21
/// @param lazyRefcounts, extendedL2 options of the image
/// @param refcountOrder log2 of the width of a reference count in bits
record Qcow2Header(int version, int clusterBits, boolean lazyRefcounts, boolean extendedL2, int refcountOrder) {
    static final int MAGIC = 0x514649fb;
    private static final int READ_BYTES = 104;
    private static final int VERSION_3 = 3;
    private static final int DEFAULT_REFCOUNT_ORDER = 4;
    private static final int MAX_REFCOUNT_ORDER = 6;

    /// Reads the header of an image that may be in use; these fields never change.
    ///
    /// @return empty if the file is no qcow2 image
    static Optional<Qcow2Header> read(Path image) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {}
        }
        boolean whole = !bytes.hasRemaining();
        return whole && bytes.flip().getInt(0) == MAGIC ? decode(bytes) : Optional.empty();
    }

    private static Optional<Qcow2Header> decode(ByteBuffer bytes) {
        int version = bytes.getInt(4);
        int clusterBits = bytes.getInt(20);
        if (clusterBits < 9 || clusterBits > 21) {
            return Optional.empty();
        }
        if (version < VERSION_3) {
            return Optional.of(new Qcow2Header(version, clusterBits, false, false, DEFAULT_REFCOUNT_ORDER));
        }
        int refcountOrder = bytes.getInt(96);
        if (refcountOrder < 0 || refcountOrder > MAX_REFCOUNT_ORDER) {
            return Optional.empty();
        }
        boolean lazy = (bytes.getLong(80) & 1) != 0;
        boolean extended = (bytes.getLong(72) & 1 << 4) != 0;
        return Optional.of(new Qcow2Header(version, clusterBits, lazy, extended, refcountOrder));
    }

    /// As labels of a disk in a backup, under the names that `qemu-img create -o` has.
    Map<String, String> labels() {
        var labels = new LinkedHashMap<String, String>();
        labels.put("compat", version < VERSION_3 ? "0.10" : "1.1");
        labels.put("cluster_size", Integer.toString(1 << clusterBits));
        labels.put("lazy_refcounts", lazyRefcounts ? "on" : "off");
        labels.put("extended_l2", extendedL2 ? "on" : "off");
        labels.put("refcount_bits", Integer.toString(1 << refcountOrder));
        return labels;
    }
}
