package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.List;

/// Encodes the reply to a block status request: one chunk per context, all in one page.
final class StatusReply {
    private static final int CHUNK_OVERHEAD = Reply.Chunk.BYTES + Integer.BYTES;

    private StatusReply() {}

    /// Writes to the piece's page. Extents that do not fit are left out, which the protocol allows.
    ///
    /// @return the reply, in that page
    static ByteBuffer encode(StatusPiece piece) {
        ByteBuffer out = piece.memory().pages().getFirst().duplicate().clear();
        StatusRequest request = piece.request();
        List<ContextName> contexts = piece.call().contexts();
        int most = request.one() ? 1 : (out.capacity() / contexts.size() - CHUNK_OVERHEAD) / Extents.WIRE_BYTES;
        for (int id = 0; id < contexts.size(); id++) {
            Extents extents = piece.call().extents().get(contexts.get(id));
            int count = Math.min(most, extents.countIn(request.range()));
            boolean done = id == contexts.size() - 1;
            int length = Integer.BYTES + count * Extents.WIRE_BYTES;
            new Reply.Chunk(done, ReplyType.BLOCK_STATUS.wireValue(), request.cookie(), length).encode(out);
            out.putInt(id);
            extents.encode(request.range(), count, out);
        }
        return out.flip();
    }
}
