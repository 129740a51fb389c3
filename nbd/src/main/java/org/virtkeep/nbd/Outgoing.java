package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A part of a reply that waits to be sent.
///
/// @param buffers   what to send
/// @param memory    held for `buffers`; released when they are sent or dropped
/// @param last      true if this ends the reply to a request
/// @param readBytes if it ends a successful read: how much that read was
record Outgoing(ByteBuffer[] buffers, Optional<ReplyMemory> memory, boolean last, long readBytes) {
    /// A whole reply without data.
    static Outgoing whole(ByteBuffer reply) {
        return new Outgoing(new ByteBuffer[] {reply}, Optional.empty(), true, 0);
    }

    int size() {
        int bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        return bytes;
    }

    void release() {
        memory.ifPresent(ReplyMemory::release);
    }
}
