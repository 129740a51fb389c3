package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.SecretKey;

/// Reads chunks and pages by their id. Every content is compared with its id before it is handed out; a
/// copy that is damaged or gone is skipped if another one is good. Thread-safe.
final class EntryReader {
    private static final int MAX_PACK_KEYS = 1024;

    private final Storage storage;
    private final Codec codec;
    private final UUID repository;
    private final ChunkIndex index;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<ContentHash, SecretKey> packKeys = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ContentHash, SecretKey> eldest) {
            return size() > MAX_PACK_KEYS;
        }
    };

    EntryReader(Storage storage, Codec codec, UUID repository, ChunkIndex index) {
        this.storage = storage;
        this.codec = codec;
        this.repository = repository;
        this.index = index;
    }

    Codec codec() {
        return codec;
    }

    ChunkIndex index() {
        return index;
    }

    /// Fills `content` from its start with the content of `id`, which has exactly `length` bytes.
    ///
    /// @throws RepositoryException.Missing if no pack has it
    /// @throws RepositoryException.Corrupt if every copy is damaged
    void read(ContentHash id, int length, byte[] content) throws IOException {
        IndexView view = index.view();
        RepositoryException first = tryCopies(id, length, content);
        if (first == null) {
            return;
        }
        index.refresh(view);
        RepositoryException second = tryCopies(id, length, content);
        if (second != null) {
            throw second;
        }
    }

    /// @return null if one of the copies was good
    private RepositoryException tryCopies(ContentHash id, int length, byte[] content) throws IOException {
        RepositoryException failure = new RepositoryException.Missing(
                "chunk %s is in no pack; if packs were brought back, run 'repo rebuild-index'".formatted(id));
        for (IndexView.Copy copy : index.copies(id)) {
            try {
                readCopy(copy.entry(), length, content);
                return null;
            } catch (RepositoryException.Missing | RepositoryException.Corrupt e) {
                failure = e;
            }
        }
        return failure;
    }

    /// Reads this very copy.
    void readCopy(IndexEntry place, int length, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(place.totalLength());
        storage.read(PackDirectory.name(place.pack()), place.offset(), bytes);
        decode(place, bytes.array(), 0, length, content);
    }

    /// Reads the pack's bytes `[offset, offset + into.remaining())`.
    void readRun(ContentHash pack, long offset, ByteBuffer into) throws IOException {
        storage.read(PackDirectory.name(pack), offset, into);
    }

    /// Decodes and checks the entry whose header begins at `bytes[from]`.
    void decode(IndexEntry place, byte[] bytes, int from, int length, byte[] content) throws IOException {
        Workspace workspace = codec.borrow();
        try {
            ByteBuffer stored = ByteBuffer.wrap(bytes, from, place.totalLength());
            EntryHeader header = EntryHeader.read(stored);
            if (!header.id().equals(place.id())
                    || header.storedLength() != place.storedLength()
                    || header.rawLength() != length) {
                throw new RepositoryException.Corrupt("another entry stands in its place");
            }
            if (!header.fits(stored)) {
                throw new RepositoryException.Corrupt("the checksum of its stored bytes does not fit");
            }
            codec.decode(workspace, header, key(place.pack()), bytes, from + EntryHeader.BYTES, content);
        } catch (RepositoryException.Corrupt e) {
            throw new RepositoryException.Corrupt(
                    "chunk %s in pack '%s' at %d is damaged: %s"
                            .formatted(place.id(), place.pack(), place.offset(), e.getMessage()),
                    e);
        } finally {
            codec.giveBack(workspace);
        }
    }

    /// The pack's key, or null if the repository is not encrypted.
    private SecretKey key(ContentHash pack) throws IOException {
        if (!codec.keys().encrypted()) {
            return null;
        }
        lock.lock();
        try {
            SecretKey known = packKeys.get(pack);
            if (known != null) {
                return known;
            }
        } finally {
            lock.unlock();
        }
        ByteBuffer bytes = ByteBuffer.allocate(PackHeader.BYTES);
        storage.read(PackDirectory.name(pack), 0, bytes);
        PackHeader header = PackHeader.read(bytes.flip());
        if (!header.encrypted() || !header.repository().equals(repository)) {
            throw new RepositoryException.Corrupt("its pack's header does not fit this repository");
        }
        SecretKey key = codec.keys().subkey(header.salt(), Keys.Purpose.PACK);
        lock.lock();
        try {
            packKeys.put(pack, key);
            return key;
        } finally {
            lock.unlock();
        }
    }

    /// All copies, to choose from.
    List<IndexView.Copy> copies(ContentHash id) throws IOException {
        return index.copies(id);
    }
}
