package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// The server's side of a handshake ("fixed newstyle"): greets, answers options, until the client has chosen an
/// export or gives up. Confined to the connection's thread.
final class ServerHandshake {
    private static final int EXPORT_NAME_ZEROES = 124;

    /// What a client has chosen.
    record Chosen(Export export, boolean structured, ClientQueue queue) {}

    /// Lets a client in, if there are not too many. Who implements it closes the queue, also if the handshake
    /// fails later.
    interface Admission {
        Optional<ClientQueue> admit(Export export, List<ContextName> contexts);
    }

    private final UpgradableTransport transport;
    private final RequestInput in;
    private final List<Export> exports;
    private final Admission admission;
    private final Optional<TlsCredentials> tls;
    private boolean secured;
    private boolean noZeroes;
    private boolean structured;
    private Optional<Export> contextsOf = Optional.empty();
    private List<ContextName> contexts = List.of();

    /// @param tls if present, a client must turn to TLS before anything else
    ServerHandshake(
            UpgradableTransport transport,
            RequestInput in,
            List<Export> exports,
            Admission admission,
            Optional<TlsCredentials> tls) {
        this.tls = tls;
        this.transport = transport;
        this.in = in;
        this.exports = exports;
        this.admission = admission;
    }

    /// @return empty if the client said that it does not want to go on
    /// @throws NbdException.Protocol     if the client did something that can only be answered by hanging up
    /// @throws NbdException.Disconnected if the client hung up
    Optional<Chosen> run() throws IOException {
        greet();
        for (int count = 0; count < NbdLimits.OPTIONS; count++) {
            var request = OptionRequest.decode(in.need(OptionRequest.HEADER_BYTES));
            var option = Option.of(request.option());
            if (request.lengthBytes() > NbdLimits.OPTION_BYTES) {
                in.skip(request.lengthBytes());
                reply(request.option(), OptionReplyType.ERR_TOO_BIG, "the option is too long");
                continue;
            }
            ByteBuffer payload = in.take((int) request.lengthBytes());
            if (option.isEmpty()) {
                reply(request.option(), OptionReplyType.ERR_UNSUP, "unknown option " + request.option());
                continue;
            }
            if (option.get() == Option.ABORT) {
                reply(request.option(), OptionReplyType.ACK, "");
                return Optional.empty();
            }
            if (tls.isPresent() && !secured && option.get() != Option.STARTTLS) {
                requireTls(option.get());
                continue;
            }
            var chosen = answer(option.get(), payload);
            if (chosen.isPresent()) {
                return chosen;
            }
        }
        throw new NbdException.Protocol(transport + " sent more than " + NbdLimits.OPTIONS + " options");
    }

    private void greet() throws IOException {
        transport.writeFully(new PayloadWriter()
                .int64(Magic.SERVER)
                .int64(Magic.OPTION)
                .int16(HandshakeFlag.KNOWN)
                .done());
        int flags = in.need(Integer.BYTES).getInt();
        if ((flags & ~HandshakeFlag.KNOWN) != 0) {
            throw new NbdException.Protocol("%s sent unknown handshake flags 0x%x".formatted(transport, flags));
        }
        noZeroes = HandshakeFlag.NO_ZEROES.isIn(flags);
    }

    private Optional<Chosen> answer(Option option, ByteBuffer payload) throws IOException {
        try {
            switch (option) {
                case EXPORT_NAME -> {
                    return Optional.of(exportName(payload));
                }
                case GO -> {
                    return go(ExportQuery.decode(payload));
                }
                case INFO -> info(ExportQuery.decode(payload));
                case LIST -> list(payload);
                case STRUCTURED_REPLY -> structuredReply(payload);
                case LIST_META_CONTEXT -> listContexts(ContextQuery.decode(payload));
                case SET_META_CONTEXT -> setContexts(payload);
                case STARTTLS -> startTls(payload);
                case EXTENDED_HEADERS -> reply(option, OptionReplyType.ERR_UNSUP, "not supported");
                case ABORT -> throw new IllegalStateException("ABORT is answered by the caller");
            }
        } catch (InvalidOption e) {
            reply(option, e.type, e.getMessage());
        } catch (NbdException.Protocol e) {
            if (option == Option.EXPORT_NAME) {
                throw e;
            }
            reply(option, OptionReplyType.ERR_INVALID, e.getMessage());
        }
        return Optional.empty();
    }

    private void requireTls(Option option) throws IOException {
        if (option == Option.EXPORT_NAME) {
            throw new NbdException.Protocol(transport + " chose an export without TLS");
        }
        reply(option, OptionReplyType.ERR_TLS_REQD, "this server wants TLS");
    }

    /// What was said in the clear does not count any more; what was sent behind it in the clear is an attack.
    private void startTls(ByteBuffer payload) throws IOException, InvalidOption {
        requireEmpty(payload);
        if (tls.isEmpty() || secured) {
            var type = tls.isEmpty() ? OptionReplyType.ERR_POLICY : OptionReplyType.ERR_INVALID;
            throw new InvalidOption(type, tls.isEmpty() ? "TLS is not configured" : "TLS was started before");
        }
        if (!in.isEmpty()) {
            throw new NbdException.Protocol(transport + " did not wait for TLS to begin");
        }
        reply(Option.STARTTLS, OptionReplyType.ACK, "");
        transport.upgrade(tls.get().serverEngine());
        secured = true;
        structured = false;
        contextsOf = Optional.empty();
        contexts = List.of();
    }

    private Chosen exportName(ByteBuffer payload) throws IOException {
        String name = new PayloadReader("NBD_OPT_EXPORT_NAME", payload).string(payload.remaining());
        var export = find(name).filter(found -> found.failure().isEmpty());
        var queue = export.flatMap(found -> admission.admit(found, contextsFor(found)));
        if (queue.isEmpty()) {
            throw new NbdException.Protocol(
                    "%s asked for export '%s', which it cannot have".formatted(transport, name));
        }
        var chosen = new Chosen(export.get(), structured, queue.get());
        transport.writeFully(new PayloadWriter()
                .int64(chosen.export.device().info().sizeBytes())
                .int16(chosen.export.flags(structured))
                .bytes(new byte[noZeroes ? 0 : EXPORT_NAME_ZEROES])
                .done());
        return chosen;
    }

    private Optional<Chosen> go(ExportQuery query) throws IOException, InvalidOption {
        Export export = require(query.export());
        var queue = admission
                .admit(export, contextsFor(export))
                .orElseThrow(() -> new InvalidOption(OptionReplyType.ERR_POLICY, "too many clients; try again later"));
        sendInfo(Option.GO, query, export);
        return Optional.of(new Chosen(export, structured, queue));
    }

    private void info(ExportQuery query) throws IOException, InvalidOption {
        sendInfo(Option.INFO, query, require(query.export()));
    }

    private void sendInfo(Option option, ExportQuery query, Export export) throws IOException {
        ExportInfo info = export.device().info();
        send(option, new InfoReply.Export(info.sizeBytes(), export.flags(structured)));
        if (query.wants(InfoType.NAME)) {
            send(option, new InfoReply.Name(export.name()));
        }
        if (query.wants(InfoType.BLOCK_SIZE)) {
            send(option, new InfoReply.Sizes(info.blockSizes()));
        }
        reply(option, OptionReplyType.ACK, "");
    }

    private void list(ByteBuffer payload) throws IOException, InvalidOption {
        requireEmpty(payload);
        for (Export export : exports) {
            send(
                    Option.LIST,
                    OptionReplyType.SERVER,
                    new PayloadWriter().string(export.name()).done());
        }
        reply(Option.LIST, OptionReplyType.ACK, "");
    }

    private void structuredReply(ByteBuffer payload) throws IOException, InvalidOption {
        requireEmpty(payload);
        structured = true;
        reply(Option.STRUCTURED_REPLY, OptionReplyType.ACK, "");
    }

    private void listContexts(ContextQuery query) throws IOException, InvalidOption {
        requireStructured();
        for (ContextName context : require(query.export()).device().info().contexts()) {
            boolean wanted =
                    query.queries().isEmpty() || query.queries().stream().anyMatch(context::isListedBy);
            if (wanted) {
                send(Option.LIST_META_CONTEXT, new ContextReply(0, context.value()));
            }
        }
        reply(Option.LIST_META_CONTEXT, OptionReplyType.ACK, "");
    }

    private void setContexts(ByteBuffer payload) throws IOException, InvalidOption {
        contextsOf = Optional.empty(); // also when this fails
        contexts = List.of();
        requireStructured();
        var query = ContextQuery.decode(payload);
        Export export = require(query.export());
        contexts = export.device().info().contexts().stream()
                .filter(context -> query.queries().contains(context.value()))
                .toList();
        contextsOf = Optional.of(export);
        for (int id = 0; id < contexts.size(); id++) {
            send(Option.SET_META_CONTEXT, new ContextReply(id, contexts.get(id).value()));
        }
        reply(Option.SET_META_CONTEXT, OptionReplyType.ACK, "");
    }

    private List<ContextName> contextsFor(Export export) {
        return contextsOf.equals(Optional.of(export)) ? contexts : List.of();
    }

    /// An option that is answered with an error, after which the handshake goes on.
    private static final class InvalidOption extends Exception {
        private static final long serialVersionUID = 1L;

        private final OptionReplyType type;

        InvalidOption(OptionReplyType type, String message) {
            super(message, null, false, false);
            this.type = type;
        }
    }

    private Export require(String name) throws InvalidOption {
        Export export = find(name)
                .orElseThrow(() -> new InvalidOption(OptionReplyType.ERR_UNKNOWN, "there is no export '" + name + "'"));
        if (export.failure().isPresent()) {
            throw new InvalidOption(
                    OptionReplyType.ERR_SHUTDOWN, export.failure().get().getMessage());
        }
        return export;
    }

    /// The empty name means the only export, if there is only one.
    private Optional<Export> find(String name) {
        if (name.isEmpty() && exports.size() == 1) {
            return Optional.of(exports.getFirst());
        }
        return exports.stream().filter(export -> export.name().equals(name)).findFirst();
    }

    private void requireStructured() throws InvalidOption {
        if (!structured) {
            throw new InvalidOption(OptionReplyType.ERR_INVALID, "structured replies have to be negotiated first");
        }
    }

    private static void requireEmpty(ByteBuffer payload) throws InvalidOption {
        if (payload.hasRemaining()) {
            throw new InvalidOption(OptionReplyType.ERR_INVALID, "this option takes no data");
        }
    }

    private void send(Option option, InfoReply info) throws IOException {
        send(option, OptionReplyType.INFO, info.encode());
    }

    private void send(Option option, ContextReply context) throws IOException {
        send(option, OptionReplyType.META_CONTEXT, context.encode());
    }

    private void send(Option option, OptionReplyType type, ByteBuffer payload) throws IOException {
        transport.writeFully(OptionReply.encode(option.wireValue(), type, payload));
    }

    private void reply(Option option, OptionReplyType type, String text) throws IOException {
        reply(option.wireValue(), type, text);
    }

    private void reply(int option, OptionReplyType type, String text) throws IOException {
        transport.writeFully(OptionReply.encode(
                option, type, new PayloadWriter().message(text).done()));
    }
}
