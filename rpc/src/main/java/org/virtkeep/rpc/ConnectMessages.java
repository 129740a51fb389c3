package org.virtkeep.rpc;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What is said about the connection and the host: opening, authentication, features, the node.
public final class ConnectMessages {
    private ConnectMessages() {}

    /// @param name  the URI without transport, host and socket; empty lets the server choose
    /// @param flags [#READ_ONLY] and others that servers do not look at
    public record Open(Optional<String> name, int flags) {
        /// `VIR_CONNECT_RO`.
        public static final int READ_ONLY = 1;

        static final XdrCodec<Open> CODEC = XdrCodec.of(
                (it, out) -> out.optionalString(it.name).int32(it.flags),
                in -> new Open(in.optionalString(), in.int32()));

        public boolean readOnly() {
            return (flags & READ_ONLY) != 0;
        }
    }

    /// How clients may authenticate; servers name one way.
    ///
    /// @param types of [#NONE], [#SASL], [#POLKIT]
    public record AuthTypes(List<Integer> types) {
        public static final int NONE = 0;
        public static final int SASL = 1;
        public static final int POLKIT = 2;

        static final XdrCodec<AuthTypes> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.types, Limits.AUTH_TYPES, XdrCodec.INT32),
                in -> new AuthTypes(in.list(Limits.AUTH_TYPES, XdrCodec.INT32)));

        public AuthTypes {
            types = List.copyOf(types);
        }
    }

    /// Bytes of a SASL exchange. No bytes and "nothing said" are not the same.
    public record SaslBytes(Optional<byte[]> bytes) {
        static final XdrCodec<SaslBytes> CODEC = XdrCodec.of(
                (it, out) -> out.bool(it.bytes.isEmpty())
                        .countedCharacters(it.bytes.orElseGet(() -> new byte[0]), Limits.SASL_CHARACTERS),
                in -> {
                    boolean nothing = in.bool();
                    byte[] bytes = in.countedCharacters(Limits.SASL_CHARACTERS);
                    return new SaslBytes(nothing ? Optional.empty() : Optional.of(bytes));
                });

        public SaslBytes {
            bytes = bytes.map(byte[]::clone);
        }

        @Override
        public Optional<byte[]> bytes() {
            return bytes.map(byte[]::clone);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SaslBytes(Optional<byte[]> theirs)
                    && bytes.isPresent() == theirs.isPresent()
                    && (bytes.isEmpty() || Arrays.equals(bytes.get(), theirs.get()));
        }

        @Override
        public int hashCode() {
            return bytes.map(Arrays::hashCode).orElse(0);
        }

        /// Without the bytes: they may hold a password.
        @Override
        public String toString() {
            return "SaslBytes[***]";
        }
    }

    /// @param mechanism as `SCRAM-SHA-256`
    public record SaslStart(String mechanism, SaslBytes first) {
        static final XdrCodec<SaslStart> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.mechanism).value(it.first, SaslBytes.CODEC),
                in -> new SaslStart(in.string(), SaslBytes.CODEC.read(in)));
    }

    public record SaslReply(boolean complete, SaslBytes next) {
        static final XdrCodec<SaslReply> CODEC = XdrCodec.of(
                (it, out) -> out.bool(it.complete).value(it.next, SaslBytes.CODEC),
                in -> new SaslReply(in.bool(), SaslBytes.CODEC.read(in)));
    }

    /// The host. Sizes of its parts, not their number in all, from `nodes` on.
    ///
    /// @param model    at most 31 bytes arrive at the peer
    /// @param cpus     processors that can run guests
    /// @param cores    per socket
    /// @param threads  per core
    public record NodeInfo(
            String model, long memoryKib, int cpus, int megahertz, int nodes, int sockets, int cores, int threads) {
        static final XdrCodec<NodeInfo> CODEC = XdrCodec.of(
                (it, out) -> out.characters(Characters.fixed(it.model, Limits.NODE_MODEL_CHARACTERS))
                        .int64(it.memoryKib)
                        .int32(it.cpus)
                        .int32(it.megahertz)
                        .int32(it.nodes)
                        .int32(it.sockets)
                        .int32(it.cores)
                        .int32(it.threads),
                in -> new NodeInfo(
                        Characters.text(in.characters(Limits.NODE_MODEL_CHARACTERS)),
                        in.int64(),
                        in.int32(),
                        in.int32(),
                        in.int32(),
                        in.int32(),
                        in.int32(),
                        in.int32()));
    }

    /// @param model as `none` or `selinux`
    /// @param doi   the domain of interpretation
    public record SecurityModel(String model, String doi) {
        static final XdrCodec<SecurityModel> CODEC = XdrCodec.of(
                (it, out) -> out.countedCharacters(Characters.terminated(it.model), Limits.SECURITY_MODEL_CHARACTERS)
                        .countedCharacters(Characters.terminated(it.doi), Limits.SECURITY_MODEL_CHARACTERS),
                in -> new SecurityModel(
                        Characters.text(in.countedCharacters(Limits.SECURITY_MODEL_CHARACTERS)),
                        Characters.text(in.countedCharacters(Limits.SECURITY_MODEL_CHARACTERS))));
    }

    /// What is left out is the server's default.
    public record DomainCapabilitiesArgs(
            Optional<String> emulator,
            Optional<String> architecture,
            Optional<String> machine,
            Optional<String> virtualizationType,
            int flags) {
        static final XdrCodec<DomainCapabilitiesArgs> CODEC = XdrCodec.of(
                (it, out) -> out.optionalString(it.emulator)
                        .optionalString(it.architecture)
                        .optionalString(it.machine)
                        .optionalString(it.virtualizationType)
                        .int32(it.flags),
                in -> new DomainCapabilitiesArgs(
                        in.optionalString(),
                        in.optionalString(),
                        in.optionalString(),
                        in.optionalString(),
                        in.int32()));
    }

    /// The event that says why the server's side of the connection ends; sent to clients that asked for it.
    ///
    /// @param reason 0 error, 1 end of file, 2 keepalive, 3 the client
    public record ConnectionClosed(int reason) implements EventMessage {
        static final XdrCodec<ConnectionClosed> CODEC =
                XdrCodec.of((it, out) -> out.int32(it.reason), in -> new ConnectionClosed(in.int32()));
    }

    static final XdrCodec<Optional<String>> OPTIONAL_STRING =
            XdrCodec.of((it, out) -> out.optionalString(it), XdrReader::optionalString);
}
