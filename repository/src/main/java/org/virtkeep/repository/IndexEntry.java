package org.virtkeep.repository;

import java.util.Comparator;

/// Where one copy of a chunk or map page is. Immutable.
///
/// @param offset of the entry's header in the pack
/// @param storedLength of what follows that header
record IndexEntry(ContentHash id, ContentHash pack, int offset, int storedLength, EntryKind kind, int rawLength) {

    /// The order in a segment.
    static final Comparator<IndexEntry> ORDER =
            Comparator.comparing(IndexEntry::id).thenComparing(IndexEntry::pack).thenComparingInt(IndexEntry::offset);

    /// Bytes of header and content in the pack.
    int totalLength() {
        return EntryHeader.BYTES + storedLength;
    }

    /// Where the entry ends in the pack.
    int end() {
        return offset + totalLength();
    }
}
