package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// Reads several chunks with as few storage calls as possible: chunks that stand one behind the other in a
/// pack are read at once. Confined to one thread.
final class BatchReader {

    /// Bytes between two wanted entries that are read along rather than skipped.
    private static final int MAX_GAP_BYTES = 64 << 10;

    private final EntryReader entries;
    private final int chunkBytes;
    private final byte[] chunk;

    BatchReader(EntryReader entries, int chunkBytes) {
        this.entries = entries;
        this.chunkBytes = chunkBytes;
        this.chunk = new byte[chunkBytes];
    }

    /// Fills `into` with the chunks, one after the other.
    void read(List<ContentHash> ids, byte[] into) throws IOException {
        var places = new IndexEntry[ids.size()];
        for (int number = 0; number < places.length; number++) {
            places[number] = first(ids.get(number)).orElse(null);
        }
        for (int from = 0; from < places.length; ) {
            int to = from + 1;
            while (to < places.length && follows(places[to - 1], places[to])) {
                to++;
            }
            readRun(ids, places, from, to, into);
            from = to;
        }
    }

    private Optional<IndexEntry> first(ContentHash id) throws IOException {
        return entries.copies(id).stream().map(IndexView.Copy::entry).findFirst();
    }

    private static boolean follows(IndexEntry before, IndexEntry next) {
        if (before == null || next == null || !before.pack().equals(next.pack())) {
            return false;
        }
        int gap = next.offset() - before.end();
        return gap >= 0 && gap <= MAX_GAP_BYTES;
    }

    private void readRun(List<ContentHash> ids, IndexEntry[] places, int from, int to, byte[] into) throws IOException {
        byte[] run = places[from] == null ? null : bytes(places[from], places[to - 1]);
        for (int number = from; number < to; number++) {
            if (run == null || !decoded(places[number], run, places[from].offset())) {
                entries.read(ids.get(number), chunkBytes, chunk); // another copy, or the reason why there is none
            }
            System.arraycopy(chunk, 0, into, number * chunkBytes, chunkBytes);
        }
    }

    /// @return null if the pack is gone or too short
    private byte[] bytes(IndexEntry first, IndexEntry last) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(last.end() - first.offset());
        try {
            entries.readRun(first.pack(), first.offset(), bytes);
            return bytes.array();
        } catch (RepositoryException.Missing | RepositoryException.Corrupt _) {
            return null;
        }
    }

    private boolean decoded(IndexEntry place, byte[] run, int runOffset) throws IOException {
        try {
            entries.decode(place, run, place.offset() - runOffset, chunkBytes, chunk);
            return true;
        } catch (RepositoryException.Corrupt _) {
            return false;
        }
    }
}
