package org.virtkeep.repository;

/// How much a check reads.
public sealed interface CheckLevel {

    /// Every object but the content of chunks: manifests, maps, index, the directories of packs.
    record Structure() implements CheckLevel {}

    /// And every byte of every pack.
    record Data() implements CheckLevel {}

    /// And every byte of some packs. Slices `0` to `100 / percent - 1` together are all packs.
    ///
    /// @param percent 1 to 100
    /// @param slice which part; taken modulo their number
    record Sample(int percent, long slice) implements CheckLevel {

        /// @throws IllegalArgumentException if the percentage is out of range
        public Sample {
            if (percent < 1 || percent > 100) {
                throw new IllegalArgumentException("%d percent".formatted(percent));
            }
        }

        boolean includes(ContentHash pack) {
            int slices = Math.max(1, 100 / percent);
            return Long.remainderUnsigned(pack.a(), slices) == Math.floorMod(slice, slices);
        }
    }

    static CheckLevel structure() {
        return new Structure();
    }

    static CheckLevel data() {
        return new Data();
    }

    static CheckLevel sample(int percent, long slice) {
        return new Sample(percent, slice);
    }

    /// Whether the content of this pack is read.
    default boolean reads(ContentHash pack) {
        return switch (this) {
            case Structure() -> false;
            case Data() -> true;
            case Sample sample -> sample.includes(pack);
        };
    }
}
