package org.virtkeep.rpc;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds what a MESSAGE packet carries.
final class KnownEvents {
    private record Key(int program, int version, int number) {}

    private static final Map<Key, EventType<?>> TYPES = new HashMap<>();

    static {
        Stream.concat(LibvirtEvents.ALL.stream(), VirtkeepProgram.EVENTS.stream())
                .forEach(type -> TYPES.put(key(type.program(), type.number()), type));
    }

    private KnownEvents() {}

    static Optional<EventType<?>> find(MessageHeader header) {
        return Optional.ofNullable(TYPES.get(new Key(header.program(), header.version(), header.procedure())));
    }

    private static Key key(Program program, int number) {
        return new Key(program.number(), program.version(), number);
    }
}
