package org.virtkeep.rpc;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// One packet as it arrived, from its length word to its end. Immutable but for [#wipe()]; the bytes are not copied.
record Packet(MessageHeader header, byte[] bytes) {

    /// @param bytes at least [MessageHeader#BYTES] of them
    static Packet of(byte[] bytes) {
        var words = ByteBuffer.wrap(bytes, Integer.BYTES, MessageHeader.BYTES - Integer.BYTES);
        var header = new MessageHeader(
                words.getInt(), words.getInt(), words.getInt(), words.getInt(), words.getInt(), words.getInt());
        return new Packet(header, bytes);
    }

    /// Descriptors follow it, each with a byte of its own that is no part of any packet.
    boolean carriesDescriptors() {
        return header.type() == MessageType.CALL_WITH_FDS || header.type() == MessageType.REPLY_WITH_FDS;
    }

    /// How many descriptors follow; empty if the count is missing or above what libvirt allows.
    Optional<Integer> descriptors() {
        if (!carriesDescriptors()) {
            return Optional.of(0);
        }
        if (bytes.length < MessageHeader.BYTES + Integer.BYTES) {
            return Optional.empty();
        }
        int count = ByteBuffer.wrap(bytes).getInt(MessageHeader.BYTES);
        return count < 0 || count > Limits.DESCRIPTORS ? Optional.empty() : Optional.of(count);
    }

    /// Overwrites the bytes: what was secret in them is not left in memory. Nothing can be read any more.
    void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }

    XdrReader payload() {
        return new XdrReader(bytes, MessageHeader.BYTES + (carriesDescriptors() ? Integer.BYTES : 0));
    }

    <T> T read(XdrCodec<T> codec) throws XdrException {
        return codec.read(payload());
    }
}
