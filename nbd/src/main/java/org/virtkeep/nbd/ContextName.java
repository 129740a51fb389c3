package org.virtkeep.nbd;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// The name of a metadata context: a namespace, a colon and a leaf, such as `base:allocation`
/// (NBD protocol, "Metadata querying"). Immutable.
public record ContextName(String value) {

    /// Flag 1 is a hole, flag 2 reads as zeroes.
    public static final ContextName BASE_ALLOCATION = new ContextName("base:allocation");

    /// QEMU: 0 is unallocated, N is allocated in the Nth image of the chain.
    public static final ContextName QEMU_ALLOCATION_DEPTH = new ContextName("qemu:allocation-depth");

    /// In [#BASE_ALLOCATION]: the extent is not allocated; its content is not known from that alone.
    public static final int STATE_HOLE = 1;

    /// In [#BASE_ALLOCATION]: the extent reads as zeroes.
    public static final int STATE_ZERO = 2;

    /// @throws IllegalArgumentException if there is no namespace, no leaf, or more than 4096 bytes
    public ContextName {
        Objects.requireNonNull(value, "value is null");
        int colon = value.indexOf(':');
        if (colon <= 0 || colon == value.length() - 1) {
            throw new IllegalArgumentException("'" + value + "' is not NAMESPACE:LEAF");
        }
        if (value.getBytes(StandardCharsets.UTF_8).length > NbdLimits.STRING_BYTES) {
            throw new IllegalArgumentException("context name is longer than 4096 bytes");
        }
    }

    /// `qemu:dirty-bitmap:NAME`: flag 1 is dirty.
    public static ContextName dirtyBitmap(String bitmap) {
        return new ContextName("qemu:dirty-bitmap:" + bitmap);
    }

    /// True if a `NBD_OPT_LIST_META_CONTEXT` query means this context: its name, or a part of it that ends with
    /// a colon, such as `qemu:` or `qemu:dirty-bitmap:`.
    boolean isListedBy(String query) {
        return value.equals(query) || query.endsWith(":") && value.startsWith(query);
    }

    @Override
    public String toString() {
        return value;
    }
}
