package org.virtkeep.rpc;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Turns call packets into calls of handlers, and what these return or throw into reply packets. Refuses what
/// nobody handles exactly as libvirtd 9.0.0 does, so that clients fall back. Immutable and thread-safe.
///
/// @param <S> what the server keeps about one client
public final class RpcDispatcher<S> {
    private static final Logger LOG = LoggerFactory.getLogger(RpcDispatcher.class);

    private record ProgramKey(int number, int version) {

        /// Written out, as [#equals(Object)]: a record makes its own when they are first called, for which a daemon
        /// that starts would wait.
        @Override
        public int hashCode() {
            return 31 * number + version;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ProgramKey key && key.number == number && key.version == version;
        }
    }

    private record Key(ProgramKey program, int procedure) {

        /// Written out as the program's.
        @Override
        public int hashCode() {
            return 31 * program.hashCode() + procedure;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.procedure == procedure && key.program.equals(program);
        }
    }

    private record Entry<S, A, R>(Procedure<A, R> procedure, RpcHandler<S, A, R> handler) {}

    private final Set<ProgramKey> programs;
    private final Map<Key, Entry<S, ?, ?>> entries;
    private final BiConsumer<S, Procedure<?, ?>> gate;

    private RpcDispatcher(Builder<S> builder) {
        this.programs = Set.copyOf(builder.programs);
        this.entries = Map.copyOf(builder.entries);
        this.gate = builder.gate;
    }

    public static <S> Builder<S> builder() {
        return new Builder<>();
    }

    /// Collects handlers. Not thread-safe.
    public static final class Builder<S> {
        private final Set<ProgramKey> programs = new HashSet<>();
        private final Map<Key, Entry<S, ?, ?>> entries = new HashMap<>();
        private BiConsumer<S, Procedure<?, ?>> gate = (_, _) -> {};

        private Builder() {}

        /// Serves `procedure` with `handler`.
        public <A, R> Builder<S> on(Procedure<A, R> procedure, RpcHandler<S, A, R> handler) {
            ProgramKey program = key(procedure.program());
            programs.add(program);
            if (entries.putIfAbsent(new Key(program, procedure.number()), new Entry<>(procedure, handler)) != null) {
                throw new IllegalArgumentException("two handlers for " + procedure);
            }
            return this;
        }

        /// Serves a procedure that returns nothing.
        public <A> Builder<S> run(Procedure<A, Nothing> procedure, BiConsumer<S, A> handler) {
            return on(procedure, (session, arguments) -> {
                handler.accept(session, arguments);
                return Nothing.NOTHING;
            });
        }

        /// Asks `check` before every call of a procedure that has a handler, before its arguments are looked
        /// at. What it throws is the answer: this is where a server wants authentication and an open
        /// connection first, and refuses changes on a read-only one.
        public Builder<S> gate(BiConsumer<S, Procedure<?, ?>> check) {
            gate = check;
            return this;
        }

        public RpcDispatcher<S> build() {
            return new RpcDispatcher<>(this);
        }

        private static ProgramKey key(Program program) {
            return new ProgramKey(program.number(), program.version());
        }
    }

    /// Refuses a procedure that needs more than a read-only connection, in libvirt's words.
    ///
    /// @throws VirtException OPERATION_DENIED unless `procedure` is allowed
    public static void refuseChanges(Procedure<?, ?> procedure) {
        if (!procedure.allowedReadOnly()) {
            throw new VirtException(
                    ErrorCode.OPERATION_DENIED,
                    ApiName.domain(procedure),
                    "read only access prevents " + ApiName.of(procedure));
        }
    }

    /// Serves one call and makes its reply packet. Never throws for anything that the client sent.
    ///
    /// @param call a packet of the type CALL, or CALL_WITH_FDS
    byte[] reply(S session, Packet call) {
        try {
            return dispatch(session, call);
        } catch (VirtException e) {
            LOG.debug(
                    "call refused procedure={} code={} message={}",
                    call.header().procedure(),
                    e.code(),
                    e.getMessage());
            return error(call, WireError.of(e));
        } catch (RuntimeException e) {
            LOG.error("handler failed procedure={}", call.header().procedure(), e);
            return error(call, WireError.of(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, e.toString()));
        }
    }

    private byte[] dispatch(S session, Packet call) {
        MessageHeader header = call.header();
        var program = new ProgramKey(header.program(), header.version());
        if (!programs.contains(program)) {
            return error(call, WireError.unknownProgram(header.program(), header.version()));
        }
        if (header.status() != MessageHeader.OK) {
            return error(
                    call,
                    WireError.rpc("Unexpected message status %s".formatted(Integer.toUnsignedString(header.status()))));
        }
        Entry<S, ?, ?> entry = entries.get(new Key(program, header.procedure()));
        if (entry == null) {
            return error(call, WireError.unknownProcedure(header.procedure()));
        }
        gate.accept(session, entry.procedure);
        if (call.descriptors().orElse(1) > 0) {
            return error(
                    call,
                    WireError.of(
                            ErrorCode.ARGUMENT_UNSUPPORTED,
                            ErrorDomain.RPC,
                            "file descriptor passing is not supported on this connection"));
        }
        return serve(session, entry, call);
    }

    private static <S, A, R> byte[] serve(S session, Entry<S, A, R> entry, Packet call) {
        A arguments;
        try {
            arguments = call.read(entry.procedure.arguments());
        } catch (XdrException e) {
            LOG.debug("undecodable call procedure={} reason={}", entry.procedure, e.getMessage());
            return error(call, WireError.rpc("Unable to decode message payload"));
        }
        R result = entry.handler.handle(session, arguments);
        try {
            return call.header().reply(MessageHeader.OK).packet(result, entry.procedure.reply());
        } catch (XdrLimitException e) {
            LOG.warn("reply too large procedure={} reason={}", entry.procedure, e.getMessage());
            return error(call, WireError.rpc("Unable to encode message payload"));
        }
    }

    private static byte[] error(Packet call, WireError error) {
        return call.header().reply(MessageHeader.ERROR).packet(error, WireError.CODEC);
    }
}
