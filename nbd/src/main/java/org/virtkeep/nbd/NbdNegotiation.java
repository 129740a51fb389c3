package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// The client's side of a handshake ("fixed newstyle"). Ends by turning into an [NbdSession] with
/// [#go(String)], or with [#close()].
///
/// The whole negotiation has one deadline, given at [#connect]. After any failure but
/// [NbdException.Refused] the connection is closed. Confined to one thread.
public final class NbdNegotiation implements AutoCloseable {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private Transport transport;
    private final Deadline deadline;
    private boolean structured;
    private String contextsOf = "";
    private Map<Integer, ContextName> contexts = Map.of();
    private boolean toGo; // was asked for `contextsOf` already
    private boolean ended;

    private NbdNegotiation(Transport transport, Deadline deadline) {
        this.transport = transport;
        this.deadline = deadline;
    }

    /// Connects and exchanges greetings; asks for structured replies.
    ///
    /// @throws NbdException if nobody listens, the peer is no NBD server, or the deadline passes
    public static NbdNegotiation connect(NbdAddress address, Deadline deadline) throws NbdException {
        return over(SocketTransport.connect(address, deadline), deadline);
    }

    /// The same over TLS, which the server must offer, with a certificate for the host that is connected to.
    ///
    /// @throws NbdException.Refused if the server does not want TLS
    /// @throws NbdException if one of both does not trust the other, and as above
    public static NbdNegotiation connect(NbdAddress address, TlsCredentials tls, Deadline deadline)
            throws NbdException {
        var negotiation = new NbdNegotiation(SocketTransport.connect(address, deadline), deadline);
        var refusal = negotiation.guarded(() -> {
            negotiation.greet();
            return negotiation.startTls(address, tls);
        });
        if (refusal.isPresent()) {
            negotiation.close();
            throw refusal.get();
        }
        return negotiation;
    }

    private Optional<NbdException.Refused> startTls(NbdAddress address, TlsCredentials tls) throws IOException {
        var refusal = ask(Option.STARTTLS, NOTHING);
        if (refusal.isEmpty()) {
            transport = TlsTransport.over(
                    transport,
                    switch (address) {
                        case NbdAddress.Unix _ -> tls.clientEngine("localhost", 0);
                        case NbdAddress.Tcp(String host, int port) -> tls.clientEngine(host, port);
                    });
            structured = ask(Option.STRUCTURED_REPLY, NOTHING).isEmpty();
        }
        return refusal;
    }

    /// Takes over `transport`, which is closed if the greeting fails.
    static NbdNegotiation over(Transport transport, Deadline deadline) throws NbdException {
        var negotiation = new NbdNegotiation(transport, deadline);
        negotiation.guarded(() -> {
            negotiation.greet();
            negotiation.structured =
                    negotiation.ask(Option.STRUCTURED_REPLY, NOTHING).isEmpty();
            return Optional.empty();
        });
        return negotiation;
    }

    /// Connects for [#go] with `export`, and asks for `wanted` contexts of it as [#requestContexts] does. All
    /// questions go out together when the server has greeted: each answer that is waited for takes a busy server a
    /// turn. For a server that reads one option after the other, as QEMU does.
    ///
    /// @throws NbdException as [#connect(NbdAddress, Deadline)] and [#requestContexts]
    static NbdNegotiation connect(NbdAddress address, String export, Collection<ContextName> wanted, Deadline deadline)
            throws NbdException {
        var negotiation = new NbdNegotiation(SocketTransport.connect(address, deadline), deadline);
        var query =
                new ContextQuery(export, wanted.stream().map(ContextName::value).toList());
        var questions = new PayloadWriter()
                .bytes(OptionRequest.encode(Option.STRUCTURED_REPLY, NOTHING))
                .bytes(OptionRequest.encode(Option.SET_META_CONTEXT, query.encode()))
                .bytes(OptionRequest.encode(Option.GO, infoQuery(export)))
                .done();
        var found = new LinkedHashMap<ContextName, Integer>();
        var refusal = negotiation.guarded(() -> {
            negotiation.greet(questions);
            negotiation.structured = negotiation
                    .answers(Option.STRUCTURED_REPLY, negotiation::refuseContent)
                    .isEmpty();
            return negotiation.answers(Option.SET_META_CONTEXT, payload -> negotiation.note(payload, found));
        });
        negotiation.contextsOf = export;
        negotiation.toGo = true;
        if (refusal.isPresent() && negotiation.structured) {
            negotiation.close();
            throw refusal.get();
        }
        negotiation.grant(wanted, found);
        return negotiation;
    }

    /// What the last request for contexts was granted.
    List<ContextName> granted() {
        return List.copyOf(contexts.values());
    }

    /// All exports that the server names. It may serve others.
    public List<ListedExport> listExports() throws NbdException {
        var exports = new ArrayList<ListedExport>();
        request(Option.LIST, NOTHING, payload -> {
            var in = new PayloadReader("NBD_REP_SERVER", payload);
            exports.add(new ListedExport(in.string(), in.message()));
        });
        return exports;
    }

    /// The contexts of `export` that can be asked for with [#requestContexts].
    ///
    /// @param queries such as `qemu:` or `qemu:dirty-bitmap:`; none for all
    public List<ContextName> listContexts(String export, String... queries) throws NbdException {
        var query = new ContextQuery(export, List.of(queries));
        return List.copyOf(askContexts(Option.LIST_META_CONTEXT, query).keySet());
    }

    /// Asks for `wanted` contexts of `export`, in place of those asked for before.
    ///
    /// @return those that the server grants, in its order; they are valid if `export` is then used by [#go]
    public List<ContextName> requestContexts(String export, Collection<ContextName> wanted) throws NbdException {
        var queries = wanted.stream().map(ContextName::value).toList();
        contexts = Map.of();
        var granted = askContexts(Option.SET_META_CONTEXT, new ContextQuery(export, queries));
        grant(wanted, granted);
        contextsOf = export;
        return List.copyOf(granted.keySet());
    }

    private void grant(Collection<ContextName> wanted, Map<ContextName, Integer> granted) throws NbdException {
        var byId = new HashMap<Integer, ContextName>();
        for (var entry : granted.entrySet()) {
            if (!wanted.contains(entry.getKey())) {
                throw broken(new NbdException.Protocol(
                        "%s granted the context '%s' that was not asked for".formatted(transport, entry.getKey())));
            }
            byId.put(entry.getValue(), entry.getKey());
        }
        if (byId.size() != granted.size()) {
            throw broken(new NbdException.Protocol(transport + " gave two contexts the same id"));
        }
        contexts = byId;
    }

    /// What the server says about `export`, without using it.
    public ExportInfo info(String export) throws NbdException {
        return askInfo(Option.INFO, export).info();
    }

    /// Uses `export`. This negotiation has ended: closing the session closes the connection.
    ///
    /// @throws NbdException.Refused if the server does not have it; the negotiation goes on
    public NbdSession go(String export) throws NbdException {
        NegotiatedExport chosen = askInfo(Option.GO, export);
        ended = true;
        return NbdSession.start(transport, chosen);
    }

    /// Says goodbye if nothing else was done, and closes the connection. Idempotent.
    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        if (toGo) { // the server may not take an option any more
            transport.close();
            return;
        }
        try (Transport closing = transport;
                var _ = new DeadlineGuard(closing::close, deadline)) {
            transport.writeFully(OptionRequest.encode(Option.ABORT, NOTHING));
        } catch (IOException _) {
            return; // the peer has gone first, which is as good
        }
    }

    private void greet() throws IOException {
        greet(NOTHING);
    }

    /// @param then what is sent with the greeting's answer
    private void greet(ByteBuffer then) throws IOException {
        ByteBuffer greeting = read(2 * Long.BYTES + Short.BYTES);
        if (greeting.getLong() != Magic.SERVER) {
            throw new NbdException.Protocol(transport + " is no NBD server");
        }
        if (greeting.getLong() != Magic.OPTION) {
            throw new NbdException.Protocol(transport + " speaks only the oldstyle NBD handshake");
        }
        int flags = greeting.getShort();
        if (!HandshakeFlag.FIXED_NEWSTYLE.isIn(flags)) {
            throw new NbdException.Protocol(transport + " does not speak the fixed newstyle NBD handshake");
        }
        transport.writeFully(new PayloadWriter()
                .int32(HandshakeFlag.FIXED_NEWSTYLE.mask() | flags & HandshakeFlag.NO_ZEROES.mask())
                .bytes(then)
                .done());
    }

    private Map<ContextName, Integer> askContexts(Option option, ContextQuery query) throws NbdException {
        var found = new LinkedHashMap<ContextName, Integer>();
        if (!structured) {
            return found; // the protocol forbids to ask
        }
        request(option, query.encode(), payload -> note(payload, found));
        return found;
    }

    private void note(ByteBuffer payload, Map<ContextName, Integer> found) throws NbdException.Protocol {
        var reply = ContextReply.decode(payload);
        if (found.size() >= NbdLimits.OPTION_REPLIES) {
            throw new NbdException.Protocol(transport + " lists too many contexts");
        }
        contextName(reply.name()).ifPresent(name -> found.put(name, reply.id()));
    }

    /// A list may contain wildcards such as `x-foo:`, which are no names of contexts.
    private static Optional<ContextName> contextName(String text) {
        try {
            return Optional.of(new ContextName(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private NegotiatedExport askInfo(Option option, String export) throws NbdException {
        var replies = new ArrayList<InfoReply>();
        Listener listener = payload -> replies.add(InfoReply.decode(payload));
        if (toGo && option == Option.GO && contextsOf.equals(export)) {
            require(() -> answers(option, listener));
            toGo = false;
        } else {
            request(option, infoQuery(export), listener);
        }
        var chosenContexts = contextsOf.equals(export) ? contexts : Map.<Integer, ContextName>of();
        try {
            return NegotiatedExport.of(export, replies, structured, chosenContexts);
        } catch (NbdException.Protocol e) {
            throw broken(e);
        }
    }

    private static ByteBuffer infoQuery(String export) {
        return ExportQuery.about(export, InfoType.NAME, InfoType.BLOCK_SIZE).encode();
    }

    private interface Step {
        Optional<NbdException.Refused> run() throws IOException;
    }

    private interface Listener {
        void reply(ByteBuffer payload) throws NbdException.Protocol;
    }

    private void request(Option option, ByteBuffer payload, Listener listener) throws NbdException {
        require(() -> exchange(option, payload, listener));
    }

    private void require(Step step) throws NbdException {
        if (ended) {
            throw new IllegalStateException("the negotiation has ended");
        }
        var refused = guarded(step);
        if (refused.isPresent()) {
            throw refused.get();
        }
    }

    private Optional<NbdException.Refused> ask(Option option, ByteBuffer payload) throws IOException {
        return exchange(option, payload, this::refuseContent);
    }

    private void refuseContent(ByteBuffer unexpected) throws NbdException.Protocol {
        throw new NbdException.Protocol(
                "%s answered with %d bytes that nobody asked for".formatted(transport, unexpected.remaining()));
    }

    private Optional<NbdException.Refused> exchange(Option option, ByteBuffer payload, Listener listener)
            throws IOException {
        transport.writeFully(OptionRequest.encode(option, payload));
        return answers(option, listener);
    }

    private Optional<NbdException.Refused> answers(Option option, Listener listener) throws IOException {
        for (int count = 0; count < NbdLimits.OPTION_REPLIES; count++) {
            var reply = OptionReply.decode(read(OptionReply.HEADER_BYTES));
            if (reply.option() != option.wireValue()) {
                throw new NbdException.Protocol(
                        "%s answered %s with a reply to option %d".formatted(transport, option, reply.option()));
            }
            ByteBuffer content = read(reply.lengthBytes());
            if (reply.is(OptionReplyType.ACK)) {
                return Optional.empty();
            }
            if (OptionReplyType.isError(reply.type())) {
                return Optional.of(refusal(option, reply, content));
            }
            if (!expected(option, reply)) {
                throw new NbdException.Protocol(
                        "%s answered %s with reply type %d".formatted(transport, option, reply.type()));
            }
            listener.reply(content);
        }
        throw new NbdException.Protocol(
                "%s sent more than %d replies to %s".formatted(transport, NbdLimits.OPTION_REPLIES, option));
    }

    private static boolean expected(Option option, OptionReply reply) {
        return switch (option) {
            case LIST -> reply.is(OptionReplyType.SERVER);
            case INFO, GO -> reply.is(OptionReplyType.INFO);
            case LIST_META_CONTEXT, SET_META_CONTEXT -> reply.is(OptionReplyType.META_CONTEXT);
            case EXPORT_NAME, ABORT, STARTTLS, STRUCTURED_REPLY, EXTENDED_HEADERS -> false;
        };
    }

    private NbdException.Refused refusal(Option option, OptionReply reply, ByteBuffer content) {
        String text = new PayloadReader("an error", content).message();
        var type = OptionReplyType.of(reply.type());
        String name = type.map(Enum::name).orElse("error 0x%08x".formatted(reply.type()));
        NbdError error = type.map(NbdNegotiation::nearest).orElse(NbdError.EINVAL);
        return new NbdException.Refused(
                error,
                "%s refused %s: %s%s".formatted(transport, option, name, text.isEmpty() ? "" : " (" + text + ")"));
    }

    private static NbdError nearest(OptionReplyType type) {
        return switch (type) {
            case ERR_UNSUP, ERR_PLATFORM -> NbdError.ENOTSUP;
            case ERR_POLICY, ERR_TLS_REQD -> NbdError.EPERM;
            case ERR_SHUTDOWN -> NbdError.ESHUTDOWN;
            case ERR_TOO_BIG -> NbdError.EOVERFLOW;
            case ACK, SERVER, INFO, META_CONTEXT, ERR_INVALID, ERR_UNKNOWN, ERR_BLOCK_SIZE_REQD, ERR_EXT_HEADER_REQD ->
                NbdError.EINVAL;
        };
    }

    private ByteBuffer read(int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        transport.readFully(buffer);
        return buffer.flip();
    }

    /// Runs `step` under the deadline, and closes the connection if it throws.
    private Optional<NbdException.Refused> guarded(Step step) throws NbdException {
        try (var _ = new DeadlineGuard(transport::close, deadline)) {
            return step.run();
        } catch (NbdException e) {
            throw broken(e);
        } catch (IOException e) {
            throw broken(new NbdException.Disconnected("%s: %s".formatted(transport, e), e));
        }
    }

    private NbdException broken(NbdException cause) {
        ended = true;
        transport.close();
        if (deadline.hasPassed()) {
            return new NbdException.TimedOut("no handshake with %s within %s".formatted(transport, deadline.limit()));
        }
        return cause;
    }
}
