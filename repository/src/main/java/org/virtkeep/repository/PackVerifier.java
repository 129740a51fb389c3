package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads a whole pack and compares every entry with the directory and with its id. Confined to one thread.
final class PackVerifier {

    /// Read at once; an entry that does not fit into what is left begins the next step.
    private static final int STEP_BYTES = 4 << 20;

    private final RepositoryParts parts;
    private final byte[] content = new byte[EntryHeader.MAX_RAW_BYTES];

    PackVerifier(RepositoryParts parts) {
        this.parts = parts;
    }

    /// @param bad the entries that are damaged, each with what is wrong
    record Result(ContentHash pack, long sizeBytes, List<Fault> bad) {}

    /// A damaged entry.
    record Fault(IndexEntry entry, String message) {}

    /// @throws RepositoryException if the pack is missing or its directory damaged
    Result verify(ContentHash pack) throws IOException {
        PackDirectory directory =
                PackDirectory.read(parts.storage(), pack, parts.config().id());
        List<IndexEntry> places = directory.places();
        var bad = new ArrayList<Fault>();
        for (int from = 0; from < places.size(); ) {
            int to = from + 1;
            while (to < places.size() && places.get(to).end() - places.get(from).offset() <= STEP_BYTES) {
                to++;
            }
            verifyStep(directory, places, from, to, bad);
            from = to;
        }
        return new Result(pack, directory.sizeBytes(), bad);
    }

    private void verifyStep(PackDirectory directory, List<IndexEntry> places, int from, int to, List<Fault> bad)
            throws IOException {
        int start = places.get(from).offset();
        ByteBuffer bytes = ByteBuffer.allocate(places.get(to - 1).end() - start);
        parts.entries().readRun(directory.pack(), start, bytes);
        for (int entry = from; entry < to; entry++) {
            IndexEntry place = places.get(entry);
            try {
                ByteBuffer header = ByteBuffer.wrap(bytes.array(), place.offset() - start, EntryHeader.BYTES);
                if (!EntryHeader.read(header).equals(directory.entries().get(entry))) {
                    throw new RepositoryException.Corrupt("its header differs from the pack's directory");
                }
                parts.entries().decode(place, bytes.array(), place.offset() - start, place.rawLength(), content);
            } catch (RepositoryException.Corrupt e) {
                bad.add(new Fault(place, e.getMessage()));
            }
        }
    }
}
