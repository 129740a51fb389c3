package org.virtkeep.rpc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;

/// Arguments, replies and handlers for all procedures of all programs.
final class EveryProcedure {
    private interface Making {
        Object make(RandomRecords records);
    }

    /// How to make what each codec writes.
    private static final Map<XdrCodec<?>, Making> MAKING = new HashMap<>(Map.of(
            XdrCodec.NOTHING,
            _ -> Nothing.NOTHING,
            XdrCodec.INT32,
            records -> records.make(Integer.class),
            XdrCodec.INT64,
            records -> records.make(Long.class),
            XdrCodec.BOOLEAN,
            records -> records.make(Boolean.class),
            XdrCodec.STRING,
            records -> records.make(String.class),
            XdrCodec.UUID_BYTES,
            records -> records.make(UUID.class),
            ConnectMessages.OPTIONAL_STRING,
            records -> Optional.of(records.make(String.class)),
            VirtkeepProgram.BACKUP_EVENT_REGISTER.arguments(),
            records -> Optional.of(records.make(DomainRef.class)),
            VirtkeepMessages.DeleteProgress.OPTIONAL,
            records -> Optional.of(records.make(VirtkeepMessages.DeleteProgress.class))));

    static {
        WireRecords.all().forEach(type -> MAKING.put(WireRecords.codec(type), records -> records.make(type)));
    }

    private EveryProcedure() {}

    static List<Procedure<?, ?>> all() {
        return Stream.of(LibvirtProgram.PROGRAM, QemuProgram.PROGRAM, VirtkeepProgram.PROGRAM)
                .<Procedure<?, ?>>flatMap(program -> program.procedures().stream())
                .toList();
    }

    @SuppressWarnings("unchecked")
    static <A> A arguments(Procedure<A, ?> procedure, RandomRecords records) {
        return (A) MAKING.get(procedure.arguments()).make(records);
    }

    /// A whole packet that calls `procedure`.
    static <A> byte[] call(Procedure<A, ?> procedure, int serial, RandomRecords records) {
        return MessageHeader.call(procedure, serial).packet(arguments(procedure, records), procedure.arguments());
    }

    /// Serves every procedure with a reply of the right type.
    static <S> RpcDispatcher<S> dispatcher() {
        RpcDispatcher.Builder<S> builder = RpcDispatcher.builder();
        all().forEach(procedure -> serve(builder, procedure));
        return builder.build();
    }

    @SuppressWarnings("unchecked")
    private static <S, A, R> void serve(RpcDispatcher.Builder<S> builder, Procedure<A, R> procedure) {
        builder.on(procedure, (_, arguments) ->
                (R) MAKING.get(procedure.reply()).make(new RandomRecords(new SplittableRandom(arguments.hashCode()))));
    }
}
