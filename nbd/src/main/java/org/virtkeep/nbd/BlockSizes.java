package org.virtkeep.nbd;

/// An export's size constraints in bytes (`NBD_INFO_BLOCK_SIZE`).
///
/// @param minimum        offsets and lengths are multiples of it; a power of two, at most 64 KiB
/// @param preferred      what makes efficient requests; a power of two
/// @param maximumPayload the most data in one read or write
public record BlockSizes(int minimum, int preferred, int maximumPayload) {

    /// What a server that says nothing supports.
    public static final BlockSizes DEFAULT = new BlockSizes(1, 4096, NbdLimits.PAYLOAD_BYTES);

    /// @throws IllegalArgumentException if the protocol does not allow these values
    public BlockSizes {
        if (Integer.bitCount(minimum) != 1 || minimum < 1 || minimum > NbdLimits.MINIMUM_BLOCK_BYTES) {
            throw new IllegalArgumentException("minimum block size is " + minimum + ", not a power of two up to 65536");
        }
        if (Integer.bitCount(preferred) != 1 || preferred < Math.max(minimum, 512)) {
            throw new IllegalArgumentException(
                    "preferred block size is " + preferred + ", not a power of two from max(512, " + minimum + ")");
        }
        if (maximumPayload < minimum) {
            throw new IllegalArgumentException(
                    "maximum payload is " + maximumPayload + ", less than the minimum block size " + minimum);
        }
    }
}
