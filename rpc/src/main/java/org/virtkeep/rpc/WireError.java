package org.virtkeep.rpc;

import java.util.Arrays;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// `remote_error`: a failure as it crosses the wire.
///
/// @param code    libvirt's `virErrorNumber`, which may be newer than [ErrorCode]
/// @param domain  libvirt's `virErrorDomain`, which may be newer than [ErrorDomain]
/// @param message what users are shown
/// @param level   2 for an error
/// @param object  the domain that it is about; servers leave it out
/// @param first   a template, as `Domain not found: %s`
/// @param second  what belongs into the template
/// @param number1 the `errno` of a system error; -1 where there is none
public record WireError(
        int code,
        int domain,
        Optional<String> message,
        int level,
        Optional<DomainRef> object,
        Optional<String> first,
        Optional<String> second,
        Optional<String> third,
        int number1,
        int number2,
        Optional<NetworkRef> network) {

    private static final int LEVEL_ERROR = 2;
    private static final int NONE = -1;
    private static final int MESSAGE_CHARACTERS = 64 * 1024;
    private static final String UNKNOWN_PROCEDURE = "unknown procedure";

    static final XdrCodec<WireError> CODEC = XdrCodec.of(
            (error, out) -> out.int32(error.code)
                    .int32(error.domain)
                    .optionalString(error.message)
                    .int32(error.level)
                    .optional(error.object, DomainRef.CODEC)
                    .optionalString(error.first)
                    .optionalString(error.second)
                    .optionalString(error.third)
                    .int32(error.number1)
                    .int32(error.number2)
                    .optional(error.network, NetworkRef.CODEC),
            in -> new WireError(
                    in.int32(),
                    in.int32(),
                    in.optionalText(),
                    in.int32(),
                    in.optional(DomainRef.CODEC),
                    in.optionalText(),
                    in.optionalText(),
                    in.optionalText(),
                    in.int32(),
                    in.int32(),
                    in.optional(NetworkRef.CODEC)));

    /// The error as libvirt would send it: with the words that it puts before messages of that code.
    public static WireError of(VirtException failure) {
        return of(failure.code(), failure.domain(), failure.getMessage());
    }

    static WireError of(ErrorCode code, ErrorDomain domain, String message) {
        String plain = sendable(message);
        String template =
                ErrorPhrase.of(code.wireValue()).map(phrase -> phrase + ": %s").orElse("%s");
        return new WireError(
                code.wireValue(),
                domain.wireValue(),
                Optional.of(template.replace("%s", plain)),
                LEVEL_ERROR,
                Optional.empty(),
                Optional.of(template),
                Optional.of(plain),
                Optional.empty(),
                NONE,
                NONE,
                Optional.empty());
    }

    /// A failure of the protocol itself. Clients take some of these for a broken connection, so that they are
    /// used for nothing else.
    static WireError rpc(String message) {
        return of(ErrorCode.RPC, ErrorDomain.RPC, message);
    }

    /// The answer that makes libvirt's clients try another way.
    static WireError unknownProcedure(int procedure) {
        return rpc("%s: %d".formatted(UNKNOWN_PROCEDURE, procedure));
    }

    /// Numbers are shown signed, as libvirtd does.
    static WireError unknownProgram(int program, int version) {
        return rpc("Cannot find program %d version %d".formatted(program, version));
    }

    /// The peer does not have the procedure.
    public boolean isUnknownProcedure() {
        return isRpc() && text().startsWith(UNKNOWN_PROCEDURE);
    }

    /// The peer does not have the program: answered by servers that are not ours to calls of
    /// [VirtkeepProgram].
    public boolean isUnknownProgram() {
        return isRpc() && text().startsWith("Cannot find program");
    }

    /// What users are shown; never empty.
    public String text() {
        return message.filter(text -> !text.isBlank())
                .orElseGet(() -> "error %d of domain %d without a message".formatted(code, domain));
    }

    /// The same failure as the API names it.
    public VirtException toVirtException() {
        return toVirtException(null);
    }

    /// The same failure as the API names it, with the cause `cause`. A code that this version does not know
    /// becomes INTERNAL_ERROR, and its number is added to the message.
    VirtException toVirtException(Throwable cause) {
        ErrorDomain knownDomain = Arrays.stream(ErrorDomain.values())
                .filter(value -> value.wireValue() == domain)
                .findFirst()
                .orElse(ErrorDomain.REMOTE);
        return Arrays.stream(ErrorCode.values())
                .filter(value -> value.wireValue() == code)
                .findFirst()
                .map(known -> new VirtException(known, knownDomain, reason(), cause))
                .orElseGet(() -> new VirtException(
                        ErrorCode.INTERNAL_ERROR, knownDomain, "%s (libvirt error %d)".formatted(text(), code), cause));
    }

    /// The message without the words that belong to its code, if it can be told apart.
    private String reason() {
        String template = first.orElse("").replace("%1$s", "%s"); // libvirt 9.0 sends the latter, 11.3 the former
        boolean built = second.isPresent()
                && template.endsWith(": %s")
                && template.replace("%s", second.get()).equals(text());
        return built ? second.get() : text();
    }

    private boolean isRpc() {
        return code == ErrorCode.RPC.wireValue()
                && (domain == ErrorDomain.RPC.wireValue() || domain == ErrorDomain.REMOTE.wireValue());
    }

    /// An error must always reach its reader, whatever its text holds.
    private static String sendable(String message) {
        String whole = message.replace('\0', ' ');
        return whole.length() <= MESSAGE_CHARACTERS ? whole : whole.substring(0, MESSAGE_CHARACTERS);
    }
}
