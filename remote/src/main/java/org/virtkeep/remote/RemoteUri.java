package org.virtkeep.remote;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// What a URI of a daemon says, in libvirt's grammar `DRIVER[+TRANSPORT]://[USER@][HOST][:PORT]/PATH[?PARAMETERS]`.
///
/// @param own        `virtkeep`: our own daemon is meant
/// @param path       `/system` or `/session`
/// @param parameters those that this side reads ([#OURS]), decoded
/// @param serverName what the daemon is told: the URI without transport, host and our parameters
record RemoteUri(
        boolean own,
        Transport transport,
        Optional<String> user,
        String host,
        OptionalInt port,
        String path,
        Map<String, String> parameters,
        String serverName) {

    /// How the daemon is reached.
    enum Transport {
        UNIX,
        TLS,
        SSH
    }

    private static final Set<String> DRIVERS = Set.of("qemu", "virtkeep");
    private static final String EMBEDDED = "/embed";

    /// Parameters that libvirt's client takes for itself. What is not among them is the daemon's.
    private static final Set<String> OURS = Set.of(
            "name",
            "command",
            "socket",
            "auth",
            "sshauth",
            "authfile",
            "netcat",
            "keyfile",
            "pkipath",
            "no_verify",
            "no_tty",
            "no_sanity",
            "known_hosts",
            "known_hosts_verify",
            "tls_priority",
            "mode",
            "proxy");

    private static final Set<String> MODES = Set.of("auto", "direct", "legacy");

    RemoteUri {
        parameters = Map.copyOf(parameters);
    }

    static boolean isOne(URI uri) {
        String scheme = scheme(uri);
        return DRIVERS.contains(scheme.split("\\+", 2)[0]) && !EMBEDDED.equals(uri.getPath());
    }

    private static String scheme(URI uri) {
        return Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    }

    /// @throws VirtException INVALID_ARG naming what is wrong and what there is
    static RemoteUri parse(URI uri) {
        String[] scheme = scheme(uri).split("\\+", 2);
        boolean own = scheme[0].equals("virtkeep");
        String host = Optional.ofNullable(uri.getHost())
                .orElseGet(() -> Optional.ofNullable(uri.getRawAuthority()).orElse(""));
        Transport transport = transport(uri, scheme, host);
        String path = Optional.ofNullable(uri.getPath()).orElse("");
        if (!path.equals("/system") && !path.equals("/session")) {
            throw invalid(uri, "its path is '%s', but must be '/system' or '/session'".formatted(path));
        }
        Map<String, String> all = parameters(uri);
        Map<String, String> ours = all.entrySet().stream()
                .filter(each -> OURS.contains(each.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        all.keySet().removeAll(OURS);
        refuse(uri, transport, ours);
        return new RemoteUri(
                own,
                transport,
                Optional.ofNullable(uri.getUserInfo()),
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? OptionalInt.empty() : OptionalInt.of(uri.getPort()),
                path,
                ours,
                Optional.ofNullable(ours.get("name")).orElseGet(() -> serverName(path, all)));
    }

    /// What would silently mean less than it says.
    private static void refuse(URI uri, Transport transport, Map<String, String> ours) {
        String mode = ours.getOrDefault("mode", "auto");
        if (!MODES.contains(mode)) {
            throw invalid(uri, "mode '%s' is unknown; there are auto, direct and legacy".formatted(mode));
        }
        if (transport == Transport.SSH && mode.equals("direct")) {
            throw invalid(uri, "mode 'direct' is not for ssh; name the daemon's socket with 'socket'");
        }
        if (transport == Transport.TLS && ours.containsKey("tls_priority")) {
            throw invalid(uri, "'tls_priority' is a string of GnuTLS's; always TLS 1.3 or 1.2 is spoken");
        }
    }

    private static Transport transport(URI uri, String[] scheme, String host) {
        String name = scheme.length == 2 ? scheme[1] : host.isEmpty() ? "unix" : "tls";
        Transport transport = switch (name) {
            case "unix" -> Transport.UNIX;
            case "tls" -> Transport.TLS;
            case "ssh" -> Transport.SSH;
            default ->
                throw invalid(uri, "transport '%s' is not supported; there are unix, tls and ssh".formatted(name));
        };
        if ((transport == Transport.UNIX) != host.isEmpty()) {
            throw invalid(
                    uri,
                    transport == Transport.UNIX
                            ? "a unix socket is on this host, but '%s' is named; use tls or ssh".formatted(host)
                            : "transport '%s' needs a host".formatted(name));
        }
        return transport;
    }

    /// Our own daemon, too, knows itself by the name that libvirt's clients give.
    private static String serverName(String path, Map<String, String> rest) {
        String query = rest.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining("&"));
        return "qemu://" + path + (query.isEmpty() ? "" : "?" + query);
    }

    private static Map<String, String> parameters(URI uri) {
        var parameters = new LinkedHashMap<String, String>();
        for (String pair : Optional.ofNullable(uri.getRawQuery()).orElse("").split("[&;]")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String value = pair.substring(equals + 1).replace("+", "%2B"); // this is no HTML form
                parameters.put(pair.substring(0, equals), URLDecoder.decode(value, StandardCharsets.UTF_8));
            } else if (!pair.isEmpty()) {
                throw invalid(uri, "parameter '%s' has no value".formatted(pair));
            }
        }
        return parameters;
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /// True for a switch that is given with another value than 0.
    boolean isSet(String name) {
        return parameter(name).filter(value -> !value.equals("0")).isPresent();
    }

    static VirtException invalid(Object uri, String why) {
        return new VirtException(
                ErrorCode.INVALID_ARG, ErrorDomain.REMOTE, "connection URI '%s': %s".formatted(uri, why));
    }
}
