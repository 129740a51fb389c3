package org.virtkeep.rpc;

/// What a packet is, in the fourth word of its header (`virNetMessageType`). Other numbers may arrive and are
/// no packet that anybody answers.
final class MessageType {
    static final int CALL = 0;
    static final int REPLY = 1;

    /// An event, or a keepalive packet.
    static final int MESSAGE = 2;

    static final int STREAM = 3;
    static final int CALL_WITH_FDS = 4;
    static final int REPLY_WITH_FDS = 5;
    static final int STREAM_HOLE = 6;

    private MessageType() {}
}
