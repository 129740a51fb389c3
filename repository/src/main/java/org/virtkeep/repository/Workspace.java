package org.virtkeep.repository;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;

/// Buffers and contexts to encode or decode one entry at a time. Confined to the thread that borrowed it.
final class Workspace implements AutoCloseable {

    /// Compression must save at least this part of the content, or it is stored raw: reading raw is
    /// cheaper.
    private static final int MIN_GAIN_DIVISOR = 32;

    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private final SegmentCipher cipher = new SegmentCipher();

    /// Content of one entry, for callers that must copy it somewhere.
    final byte[] raw;

    private final byte[] packed;
    private final byte[] sealed;
    private ByteBuffer packedDirect = ByteBuffer.allocateDirect(0); // made when it is needed
    private ByteBuffer toStore = ByteBuffer.allocate(0);

    Workspace(int maxRawBytes, int level) {
        compressor.setLevel(level);
        compressor.setChecksum(false);
        raw = new byte[maxRawBytes];
        packed = new byte[maxRawBytes];
        sealed = new byte[SegmentCipher.sealedLength(maxRawBytes)];
    }

    /// Compresses what remains in `content` if that gains something; remembers the result. If it gains
    /// nothing, that is the content itself, which must stay as it is until it was stored.
    ///
    /// @param content in the heap, or in direct memory; its position stays
    /// @return whether it was compressed
    boolean compress(ByteBuffer content) {
        int length = content.remaining();
        int limit = length - length / MIN_GAIN_DIVISOR;
        try {
            toStore = content.isDirect() ? compressDirect(content, limit) : compressInHeap(content, limit);
            return true;
        } catch (ZstdException _) { // does not fit into `limit`
            toStore = content.slice();
            return false;
        }
    }

    private ByteBuffer compressDirect(ByteBuffer content, int limit) {
        if (packedDirect.capacity() == 0) {
            packedDirect = ByteBuffer.allocateDirect(packed.length);
        }
        int count = compressor.compressDirectByteBuffer(
                packedDirect, 0, limit, content, content.position(), content.remaining());
        return packedDirect.slice(0, count);
    }

    private ByteBuffer compressInHeap(ByteBuffer content, int limit) {
        int from = content.arrayOffset() + content.position();
        return ByteBuffer.wrap(
                packed, 0, compressor.compressByteArray(packed, 0, limit, content.array(), from, content.remaining()));
    }

    /// Length of what [#compress] left, in bytes.
    int packedLength() {
        return toStore.remaining();
    }

    /// The stored form of what [#compress] left: itself, or encrypted with `key`. Valid until the next
    /// call.
    ByteBuffer stored(EntryHeader header, SecretKey key, byte[] repository) {
        if (key == null) {
            return toStore;
        }
        int length = cipher.seal(
                key,
                header.ordinal(),
                header.associated(repository),
                toStore.array(),
                toStore.arrayOffset() + toStore.position(),
                toStore.remaining(),
                sealed);
        return ByteBuffer.wrap(sealed, 0, length);
    }

    /// Turns stored bytes back into `header.rawLength()` bytes of `content`, from its start. The caller
    /// must still compare the content's hash with its id before it hands out a byte.
    ///
    /// @param key null if the repository is not encrypted
    /// @throws RepositoryException.Corrupt if seal, length or compressed form do not fit
    void decode(EntryHeader header, SecretKey key, byte[] repository, byte[] stored, int from, byte[] content)
            throws RepositoryException.Corrupt {
        if (key == null) {
            unpack(header, stored, from, header.storedLength(), content);
            return;
        }
        int length = SegmentCipher.plainLength(header.storedLength());
        if (length < 0 || length > packed.length) {
            throw new RepositoryException.Corrupt("entry %s has an impossible length".formatted(header.id()));
        }
        try {
            cipher.open(
                    key, header.ordinal(), header.associated(repository), stored, from, header.storedLength(), packed);
        } catch (AEADBadTagException e) {
            throw new RepositoryException.Corrupt(
                    "entry %s was changed: its seal does not fit".formatted(header.id()), e);
        }
        unpack(header, packed, 0, length, content);
    }

    private void unpack(EntryHeader header, byte[] from, int start, int length, byte[] content)
            throws RepositoryException.Corrupt {
        int count = length;
        if (!header.compressed()) {
            if (length == header.rawLength()) {
                System.arraycopy(from, start, content, 0, length);
            }
        } else {
            try {
                count = decompressor.decompressByteArray(content, 0, header.rawLength(), from, start, length);
            } catch (ZstdException e) {
                throw new RepositoryException.Corrupt("entry %s does not decompress".formatted(header.id()), e);
            }
        }
        if (count != header.rawLength()) {
            throw new RepositoryException.Corrupt("entry %s has not the length it claims".formatted(header.id()));
        }
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
