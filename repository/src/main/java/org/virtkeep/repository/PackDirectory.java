package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// What a pack says it holds: its header and the headers of its entries, checked against its name.
/// Immutable.
record PackDirectory(ContentHash pack, long sizeBytes, PackHeader header, List<EntryHeader> entries) {
    static final String FOLDER = "packs/";

    PackDirectory {
        entries = List.copyOf(entries);
    }

    static String name(ContentHash pack) {
        String hex = pack.hex();
        return FOLDER + hex.substring(0, 2) + "/" + hex;
    }

    /// The pack's id, from its name.
    ///
    /// @throws RepositoryException.Corrupt if the object's name is not a pack's
    static ContentHash id(StoredObject object) throws RepositoryException.Corrupt {
        try {
            ContentHash id = ContentHash.parse(object.baseName());
            if (object.name().equals(name(id))) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw new RepositoryException.Corrupt("'%s' is not a pack's name".formatted(object.name()), e);
        }
        throw new RepositoryException.Corrupt("'%s' is in the wrong folder".formatted(object.name()));
    }

    /// Reads header, directory and trailer, not the entries.
    ///
    /// @throws RepositoryException.Corrupt if they do not fit one another, the pack's name or the
    ///     repository
    static PackDirectory read(Storage storage, ContentHash pack, UUID repository) throws IOException {
        String name = name(pack);
        long size = storage.size(name)
                .orElseThrow(() -> new RepositoryException.Missing("pack '%s' is missing".formatted(pack)));
        try {
            return read(storage, pack, size, repository);
        } catch (RepositoryException.Corrupt e) {
            throw new RepositoryException.Corrupt("pack '%s' is damaged: %s".formatted(pack, e.getMessage()), e);
        }
    }

    private static PackDirectory read(Storage storage, ContentHash pack, long size, UUID repository)
            throws IOException {
        if (size < PackHeader.BYTES + PackTrailer.BYTES || size > Storage.MAX_OBJECT_BYTES) {
            throw new RepositoryException.Corrupt("a size of %d bytes".formatted(size));
        }
        ByteBuffer head = bytes(storage, pack, 0, PackHeader.BYTES);
        PackTrailer trailer = PackTrailer.read(bytes(storage, pack, size - PackTrailer.BYTES, PackTrailer.BYTES), size);
        ByteBuffer list = bytes(storage, pack, trailer.directoryOffset(), trailer.entries() * EntryHeader.BYTES);
        PackTrailer expected = PackTrailer.of(head, list, trailer.entries(), trailer.directoryOffset());
        if (!trailer.equals(expected) || !expected.pack().equals(pack)) {
            throw new RepositoryException.Corrupt("its directory does not fit its name");
        }
        PackHeader header = PackHeader.read(head.duplicate());
        if (!header.repository().equals(repository)) {
            throw new RepositoryException.Corrupt("it belongs to another repository, " + header.repository());
        }
        return new PackDirectory(pack, size, header, entries(list, trailer));
    }

    private static List<EntryHeader> entries(ByteBuffer list, PackTrailer trailer) throws RepositoryException.Corrupt {
        var entries = new ArrayList<EntryHeader>(trailer.entries());
        long end = PackHeader.BYTES;
        for (int ordinal = 0; ordinal < trailer.entries(); ordinal++) {
            EntryHeader entry = EntryHeader.read(list);
            if (entry.ordinal() != ordinal) {
                throw new RepositoryException.Corrupt("its directory is out of order");
            }
            entries.add(entry);
            end += entry.totalLength();
        }
        if (end != trailer.directoryOffset()) {
            throw new RepositoryException.Corrupt("its entries do not fill it");
        }
        return entries;
    }

    private static ByteBuffer bytes(Storage storage, ContentHash pack, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        storage.read(name(pack), offset, bytes);
        return bytes.flip();
    }

    /// The places of all entries, in the order of the pack.
    List<IndexEntry> places() {
        var places = new ArrayList<IndexEntry>(entries.size());
        int offset = PackHeader.BYTES;
        for (EntryHeader entry : entries) {
            places.add(new IndexEntry(entry.id(), pack, offset, entry.storedLength(), entry.kind(), entry.rawLength()));
            offset += entry.totalLength();
        }
        return places;
    }
}
