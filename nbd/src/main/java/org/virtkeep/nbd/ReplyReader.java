package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads a server's replies and gives each to the call that waits for it. Trusts nothing: cookies, kinds,
/// offsets, lengths and the order of chunks are checked. Confined to the session's reader thread.
final class ReplyReader {
    private final ReplyInput in;
    private final NegotiatedExport export;
    private final PendingCalls pending;

    ReplyReader(Transport transport, NegotiatedExport export, PendingCalls pending) {
        this.in = new ReplyInput(transport);
        this.export = export;
        this.pending = pending;
    }

    /// Reads one reply, or one chunk of one.
    ///
    /// @throws NbdException.Protocol if it is not what the protocol allows here
    void readNext() throws IOException {
        int magic = in.need(Integer.BYTES).getInt();
        Reply reply = Reply.decode(magic, in.need(Reply.bytesAfter(magic)));
        Call call = pending.find(reply.cookie());
        switch (reply) {
            case Reply.Simple simple -> readSimple(simple, call);
            case Reply.Chunk chunk -> readChunk(chunk, call);
        }
    }

    private void readSimple(Reply.Simple reply, Call call) throws IOException {
        if (reply.error() != 0) {
            call.refuse(refused(call, NbdError.of(reply.error()), ""));
        } else if (call instanceof ReadCall read) {
            if (export.structured()) {
                throw new NbdException.Protocol("a simple reply to a read, after structured replies were agreed on");
            }
            readData(read, read.range().offset(), read.range().length());
        }
        finish(call, reply.cookie());
    }

    private void readChunk(Reply.Chunk chunk, Call call) throws IOException {
        if (!export.structured()) {
            throw new NbdException.Protocol("a structured reply that was not agreed on");
        }
        var type = ReplyType.of(chunk.type());
        if (chunk.isError()) {
            readError(chunk, call);
        } else if (type.isEmpty()) {
            throw new NbdException.Protocol("a chunk of unknown type " + chunk.type());
        } else if (chunk.is(ReplyType.NONE)) {
            checkNone(chunk);
        } else {
            readContent(chunk, call);
        }
        if (chunk.done()) {
            finish(call, chunk.cookie());
        }
    }

    private static void checkNone(Reply.Chunk chunk) throws NbdException.Protocol {
        if (chunk.lengthBytes() != 0 || !chunk.done()) {
            throw new NbdException.Protocol("NBD_REPLY_TYPE_NONE with content, or not at the end");
        }
    }

    private void readContent(Reply.Chunk chunk, Call call) throws IOException {
        if (call instanceof ReadCall read && chunk.is(ReplyType.OFFSET_DATA)) {
            if (chunk.lengthBytes() <= Long.BYTES) {
                throw new NbdException.Protocol("a data chunk without data");
            }
            readData(read, in.need(Long.BYTES).getLong(), chunk.lengthBytes() - Long.BYTES);
        } else if (call instanceof ReadCall read && chunk.is(ReplyType.OFFSET_HOLE)) {
            if (chunk.lengthBytes() != Long.BYTES + Integer.BYTES) {
                throw new NbdException.Protocol("a hole chunk of " + chunk.lengthBytes() + " bytes");
            }
            ByteBuffer hole = in.need(Long.BYTES + Integer.BYTES);
            read.arrived(hole.getLong(), Integer.toUnsignedLong(hole.getInt()), true);
        } else if (call instanceof StatusCall status && chunk.is(ReplyType.BLOCK_STATUS)) {
            readStatus(chunk, status);
        } else {
            throw new NbdException.Protocol(
                    "a chunk of type %d in the reply to %s".formatted(chunk.type(), call.command()));
        }
    }

    private void readData(ReadCall call, long offset, long length) throws IOException {
        call.arrived(offset, length, false); // checks the bounds that the casts rely on
        in.fill(call.target().slices((int) (offset - call.range().offset()), (int) length));
    }

    private void readStatus(Reply.Chunk chunk, StatusCall call) throws IOException {
        long limit = Integer.BYTES + (long) NbdLimits.EXTENTS * Extents.WIRE_BYTES;
        if (chunk.lengthBytes() > limit) {
            throw new NbdException.Protocol("a block status of " + chunk.lengthBytes() + " bytes");
        }
        var payload = new PayloadReader("a block status", in.payload((int) chunk.lengthBytes()));
        int id = payload.int32();
        ContextName context = export.contexts().get(id);
        if (context == null) {
            throw payload.invalid("the unknown context %d", id);
        }
        call.arrived(context, Extents.decode(call.range(), export.info().sizeBytes(), payload));
    }

    private void readError(Reply.Chunk chunk, Call call) throws IOException {
        if (chunk.lengthBytes() > ErrorChunk.MAXIMUM_BYTES) {
            throw new NbdException.Protocol("an error chunk of " + chunk.lengthBytes() + " bytes");
        }
        var error = ErrorChunk.decode(in.payload((int) chunk.lengthBytes()));
        call.refuse(refused(call, error.error(), error.message()));
    }

    private NbdException.Refused refused(Call call, NbdError error, String text) {
        return new NbdException.Refused(
                error,
                "export '%s' failed %s of %d bytes at %d with %s%s"
                        .formatted(
                                export.info().name(),
                                call.command(),
                                call.range().length(),
                                call.range().offset(),
                                error,
                                text.isEmpty() ? "" : ": " + text));
    }

    private void finish(Call call, long cookie) throws NbdException.Protocol {
        call.checkEnd(); // while it is still pending, so that it fails with all others if this fails
        pending.close(cookie);
        call.finish();
    }
}
