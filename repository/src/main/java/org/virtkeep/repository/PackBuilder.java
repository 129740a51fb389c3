package org.virtkeep.repository;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.crypto.SecretKey;

/// One pack while it is filled, in memory.
///
/// Places are given out one after the other; the bytes of different places may then be written by several
/// threads at once. [#reserve], [#isHalfFull], [#isComplete] and [#seal] are guarded by the [PackWriter]'s lock.
final class PackBuilder {
    private final ByteBuffer buffer;
    private final PackHeader header;
    private final SecretKey key;
    private final List<EntryHeader> entries = new ArrayList<>();
    private int end = PackHeader.BYTES;
    private int unwritten;

    /// @param buffer the pack's memory; its capacity is the largest size the pack may have
    PackBuilder(ByteBuffer buffer, UUID repository, Keys keys) {
        this.buffer = buffer;
        this.header = new PackHeader(keys.encrypted(), repository, Digests.random(PackHeader.SALT_BYTES));
        this.key = keys.encrypted() ? keys.subkey(header.salt(), Keys.Purpose.PACK) : null;
        header.write(buffer.clear());
    }

    /// A place in the pack that one thread fills.
    record Place(PackBuilder pack, int ordinal, int offset) {}

    /// The pack's own key; null if the repository is not encrypted.
    SecretKey key() {
        return key;
    }

    boolean hasRoom(int storedLength) {
        long directory = (long) (entries.size() + 1) * EntryHeader.BYTES;
        return end + (long) EntryHeader.BYTES + storedLength + directory + PackTrailer.BYTES <= buffer.capacity();
    }

    boolean isHalfFull() {
        return end > buffer.capacity() / 2;
    }

    Place reserve(int storedLength) {
        var place = new Place(this, entries.size(), end);
        entries.add(null);
        end += EntryHeader.BYTES + storedLength;
        unwritten++;
        return place;
    }

    /// Writes header and content to a place. Any thread, without the lock.
    void write(Place place, EntryHeader entry, ByteBuffer stored) {
        ByteBuffer to = buffer.duplicate().clear().position(place.offset);
        entry.write(to);
        to.put(stored.duplicate());
    }

    void written(Place place, EntryHeader entry) {
        entries.set(place.ordinal, entry);
        unwritten--;
    }

    boolean isComplete() {
        return unwritten == 0;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /// Adds directory and trailer. The pack must be complete.
    Sealed seal() {
        ByteBuffer to = buffer.duplicate().clear().position(end);
        entries.forEach(entry -> entry.write(to));
        ByteBuffer head = buffer.duplicate().clear().limit(PackHeader.BYTES);
        ByteBuffer directory = buffer.duplicate().clear().position(end).limit(to.position());
        PackTrailer trailer = PackTrailer.of(head, directory, entries.size(), end);
        trailer.write(to);
        var contents = new PackDirectory(trailer.pack(), to.position(), header, entries);
        return new Sealed(contents, to.flip());
    }

    /// A finished pack: what it holds, and all its bytes.
    record Sealed(PackDirectory directory, ByteBuffer bytes) {}

    ByteBuffer buffer() {
        return buffer;
    }
}
