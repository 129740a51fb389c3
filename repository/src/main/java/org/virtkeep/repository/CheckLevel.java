package org.virtkeep.repository;

/// How much a check reads.
public sealed interface CheckLevel {

    /// Every object but the content of chunks: manifests, maps, index, the directories of packs.
    record Structure() implements CheckLevel {}

    /// And every byte of every pack.
    record Data() implements CheckLevel {}

    /// And every byte of some packs. Any `⌈100 / percent⌉` slices in a row together are all packs.
    ///
    /// @param percent 1 to 100
    /// @param slice which part; any number
    record Sample(int percent, long slice) implements CheckLevel {
        /// Packs are spread over so many places on a ring by their ids, and a slice is a part of the ring.
        private static final long PLACES = 10_000;

        /// @throws IllegalArgumentException if the percentage is out of range
        public Sample {
            if (percent < 1 || percent > 100) {
                throw new IllegalArgumentException("%d percent".formatted(percent));
            }
        }

        boolean includes(ContentHash pack) {
            long place = Long.remainderUnsigned(pack.a(), PLACES);
            long width = PLACES / 100 * percent;
            long start = Math.floorMod(slice, PLACES) * width;
            return Math.floorMod(place - start, PLACES) < width;
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
