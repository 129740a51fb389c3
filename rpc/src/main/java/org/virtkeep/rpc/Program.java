package org.virtkeep.rpc;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A set of procedures and events with one number, which the header of each packet names. Immutable once its
/// table has been built.
public final class Program {
    private final int number;
    private final int version;
    private final Map<Integer, Procedure<?, ?>> procedures = new LinkedHashMap<>();

    Program(int number, int version) {
        this.number = number;
        this.version = version;
    }

    public int number() {
        return number;
    }

    public int version() {
        return version;
    }

    /// Every procedure in the table, in its order.
    public Collection<Procedure<?, ?>> procedures() {
        return Collections.unmodifiableCollection(procedures.values());
    }

    /// A procedure that a connection opened read-only may call.
    <A, R> Procedure<A, R> anyAccess(int procedureNumber, String name, XdrCodec<A> arguments, XdrCodec<R> reply) {
        return add(new Procedure<>(this, procedureNumber, name, arguments, reply, true));
    }

    /// A procedure that is refused on a connection opened read-only.
    <A, R> Procedure<A, R> writeAccess(int procedureNumber, String name, XdrCodec<A> arguments, XdrCodec<R> reply) {
        return add(new Procedure<>(this, procedureNumber, name, arguments, reply, false));
    }

    private <A, R> Procedure<A, R> add(Procedure<A, R> procedure) {
        if (procedures.putIfAbsent(procedure.number(), procedure) != null) {
            throw new IllegalArgumentException("two procedures with the number " + procedure.number());
        }
        return procedure;
    }

    @Override
    public String toString() {
        return "program 0x%08x version %d".formatted(number, version);
    }
}
