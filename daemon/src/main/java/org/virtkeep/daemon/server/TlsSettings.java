package org.virtkeep.daemon.server;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/// Who may connect over TLS, and who we are. Immutable.
///
/// @param context     has our certificate, and whom we trust to vouch for clients
/// @param clientNames distinguished names of clients (RFC 2253), in which `*` stands for anything; if there are none,
///     every client is let in that the authority vouches for
public record TlsSettings(SSLContext context, List<String> clientNames) {
    public TlsSettings {
        clientNames = List.copyOf(clientNames);
    }

    boolean admits(String distinguishedName) {
        return clientNames.isEmpty()
                || clientNames.stream()
                        .anyMatch(
                                name -> pattern(name).matcher(distinguishedName).matches());
    }

    private static Pattern pattern(String name) {
        return Pattern.compile(
                Stream.of(name.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }
}
