package org.virtkeep.rpc;

/// One event of a program: its number and what it carries. Immutable.
///
/// @param <M> the type of its messages
public final class EventType<M extends EventMessage> {
    private final Program program;
    private final int number;
    private final String name;
    private final Class<M> message;
    private final XdrCodec<M> codec;

    EventType(Program program, int number, String name, Class<M> message, XdrCodec<M> codec) {
        this.program = program;
        this.number = number;
        this.name = name;
        this.message = message;
        this.codec = codec;
    }

    public Program program() {
        return program;
    }

    /// The number in the packet's header, not the event id that a client registers for.
    public int number() {
        return number;
    }

    public String name() {
        return name;
    }

    /// The record that its messages are.
    public Class<M> message() {
        return message;
    }

    XdrCodec<M> codec() {
        return codec;
    }

    @Override
    public String toString() {
        return name;
    }
}
