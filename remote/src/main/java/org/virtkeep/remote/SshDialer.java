package org.virtkeep.remote;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.RpcClient;

/// Connects through `ssh`, whose standard streams carry the packets. On the other host, `virt-ssh-helper` finds the
/// daemon's socket, or where it is not installed, `nc` connects to the usual one.
///
/// @param program  `ssh`, or what the URI has for `command`
/// @param options  of ssh, up to the host
/// @param script   for the shell on the other host
record SshDialer(String program, List<String> options, String host, String script) implements Dialer {
    private static final String OWN = "/virtkeep/virtkeep-sock";
    private static final String LIBVIRT = "/libvirt/libvirt-sock";
    /// The shell there knows where a user's sockets are.
    private static final String USERS_FOLDER = "\"${XDG_RUNTIME_DIR:-$HOME/.cache}\"";

    SshDialer {
        options = List.copyOf(options);
    }

    static SshDialer of(RemoteUri uri) {
        var options = new ArrayList<String>();
        uri.port().ifPresent(port -> options.addAll(List.of("-p", Integer.toString(port))));
        uri.user().ifPresent(user -> options.addAll(List.of("-l", user)));
        uri.parameter("keyfile").ifPresent(file -> options.addAll(List.of("-i", file)));
        options.addAll(List.of("-T", "-e", "none"));
        if (uri.isSet("no_tty")) {
            options.addAll(option("BatchMode=yes"));
        }
        hostKeys(uri, options);
        return new SshDialer(uri.parameter("command").orElse("ssh"), options, uri.host(), script(uri));
    }

    /// libvirt knows `known_hosts` and `known_hosts_verify` too, but not with this transport.
    private static void hostKeys(RemoteUri uri, List<String> options) {
        if (uri.isSet("no_verify")) {
            options.addAll(option("StrictHostKeyChecking=no"));
        }
        uri.parameter("known_hosts").ifPresent(file -> options.addAll(option("UserKnownHostsFile=\"" + file + '"')));
        String verify = uri.parameter("known_hosts_verify").orElse("normal");
        options.addAll(
                switch (verify) {
                    case "normal" -> List.<String>of();
                    case "auto" -> option("StrictHostKeyChecking=accept-new");
                    case "ignore" -> option("StrictHostKeyChecking=no");
                    default ->
                        throw RemoteUri.invalid(
                                uri.serverName(),
                                "known_hosts_verify '%s' is unknown; there are normal, auto and ignore"
                                        .formatted(verify));
                });
    }

    private static List<String> option(String words) {
        return List.of("-o", words);
    }

    /// A socket that is named can only be reached with `nc`.
    private static String script(RemoteUri uri) {
        String netcat = quoted(uri.parameter("netcat").orElse("nc"));
        String helper = "virt-ssh-helper " + quoted(uri.serverName());
        Optional<String> socket = uri.parameter("socket").map(SshDialer::quoted);
        String byNetcat =
                "if %1$s -q 2>&1 | grep 'requires an argument' >/dev/null 2>&1; then ARG=-q0; else ARG=; fi; %1$s $ARG -U %2$s"
                        .formatted(netcat, socket.orElseGet(() -> usualSocket(uri)));
        boolean onlyNetcat = uri.own() || socket.isPresent();
        return switch (uri.parameter("proxy").orElse("auto")) {
            case "netcat" -> byNetcat;
            case "native" -> helper;
            case "auto" ->
                onlyNetcat
                        ? byNetcat
                        : "if command -v virt-ssh-helper >/dev/null 2>&1; then %s; else %s; fi"
                                .formatted(helper, byNetcat);
            default ->
                throw RemoteUri.invalid(
                        uri.serverName(),
                        "proxy '%s' is unknown; there are auto, native and netcat"
                                .formatted(uri.parameter("proxy").get()));
        };
    }

    /// libvirt's clients look for the machine's daemon even where the user's is meant.
    private static String usualSocket(RemoteUri uri) {
        String folder = uri.path().equals("/session")
                ? "$(if test \"$(id -u)\" = 0; then echo /run; else echo " + USERS_FOLDER + "; fi)"
                : "/run";
        return "\"" + folder + (uri.own() ? OWN : LIBVIRT) + "\"";
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    List<String> command() {
        var command = new ArrayList<String>();
        command.add(program);
        command.addAll(options);
        command.addAll(List.of("--", host, "sh -c " + quoted(script)));
        return command;
    }

    @Override
    public RpcClient dial(Deadline deadline) throws IOException {
        return RpcClient.over(SshTransport.start(command()));
    }
}
