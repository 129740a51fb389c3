package org.virtkeep.rpc;

/// The six words between a packet's length and its payload (`virNetMessageHeader`).
///
/// @param type   one of [MessageType], or anything else that a peer sent
/// @param serial of a call: counted by the client; of a reply: that of its call
/// @param status [#OK] or [#ERROR] or, in streams only, 2; or anything else that a peer sent
record MessageHeader(int program, int version, int procedure, int type, int serial, int status) {

    /// Length word and header: the shortest packet there is.
    static final int BYTES = 28;

    static final int OK = 0;
    static final int ERROR = 1;

    /// The serial that events carry. libvirtd sends 1, and clients do not look at it.
    static final int EVENT_SERIAL = 1;

    static MessageHeader call(Procedure<?, ?> procedure, int serial) {
        Program program = procedure.program();
        return new MessageHeader(program.number(), program.version(), procedure.number(), MessageType.CALL, serial, OK);
    }

    static MessageHeader event(EventType<?> event) {
        Program program = event.program();
        return new MessageHeader(
                program.number(), program.version(), event.number(), MessageType.MESSAGE, EVENT_SERIAL, OK);
    }

    /// The header of the answer to this call.
    MessageHeader reply(int status) {
        return new MessageHeader(program, version, procedure, MessageType.REPLY, serial, status);
    }

    /// The same call or reply, if both are: of one program, procedure and serial.
    boolean answers(MessageHeader call) {
        return program == call.program
                && version == call.version
                && procedure == call.procedure
                && serial == call.serial;
    }

    /// Makes a whole packet: length, this header and `value`.
    ///
    /// @throws XdrLimitException if the value exceeds a limit of the protocol
    <T> byte[] packet(T value, XdrCodec<T> codec) {
        var out = new XdrWriter();
        out.int32(0); // the length, known at the end
        out.int32(program)
                .int32(version)
                .int32(procedure)
                .int32(type)
                .int32(serial)
                .int32(status);
        return out.value(value, codec).packet();
    }

    byte[] emptyPacket() {
        return packet(Nothing.NOTHING, XdrCodec.NOTHING);
    }
}
