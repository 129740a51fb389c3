package org.virtkeep.nbd;

import java.util.List;
import java.util.function.BiConsumer;
import org.virtkeep.model.ByteRange;

/// One read of the device, for one or more adjacent reads of a client, with the memory for its result.
final class ReadPiece {
    /// @param range what of the request this piece covers
    record Part(ReadRequest request, ByteRange range) {}

    private final ClientQueue client;
    private final ReplyMemory memory;
    private final List<Part> parts;
    private final ReadCall call;

    /// @param range covers all parts, aligned as the device wants it
    /// @param ended called when the call has ended
    ReadPiece(
            ClientQueue client,
            ByteRange range,
            ReplyMemory memory,
            List<Part> parts,
            BiConsumer<ReadPiece, java.util.Optional<NbdException>> ended) {
        this.client = client;
        this.memory = memory;
        this.parts = parts;
        var target = new PageSpan(memory.pages(), PagePool.PAGE_BYTES, Math.toIntExact(range.length()));
        this.call = new ReadCall(range, target, failure -> ended.accept(this, failure));
    }

    ClientQueue client() {
        return client;
    }

    ReplyMemory memory() {
        return memory;
    }

    List<Part> parts() {
        return parts;
    }

    ReadCall call() {
        return call;
    }
}
