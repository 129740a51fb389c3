package org.virtkeep.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcTransport;

/// Connects through `ssh`, whose standard streams carry the packets. On the other host, `virt-ssh-helper` finds the
/// daemon's socket, or where it is not installed, `nc` connects to the usual one.
///
/// @param program  `ssh`, or what the URI has for `command`
/// @param options  of ssh, up to the host
/// @param script   for the shell on the other host
record SshDialer(String program, List<String> options, String host, String script) implements Dialer {
    /// What ssh says when it fails is told; more than this is not.
    private static final int WORDS_BYTES = 2_000;
    private static final long WORDS_MILLIS = 500;

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
            options.addAll(List.of("-o", "BatchMode=yes"));
        }
        if (uri.isSet("no_verify")) {
            options.addAll(List.of("-o", "StrictHostKeyChecking=no"));
        }
        return new SshDialer(uri.parameter("command").orElse("ssh"), options, uri.host(), script(uri));
    }

    /// A socket that is named can only be reached with `nc`.
    private static String script(RemoteUri uri) {
        String netcat = quoted(uri.parameter("netcat").orElse("nc"));
        String helper = "virt-ssh-helper " + quoted(uri.serverName());
        Optional<String> socket = uri.parameter("socket");
        String usual = uri.own() ? "/run/virtkeep/virtkeep-sock" : "/run/libvirt/libvirt-sock";
        String byNetcat =
                "if %1$s -q 2>&1 | grep 'requires an argument' >/dev/null 2>&1; then ARG=-q0; else ARG=; fi; %1$s $ARG -U %2$s"
                        .formatted(netcat, quoted(socket.orElse(usual)));
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
        Process ssh = new ProcessBuilder(command()).start();
        var transport = RpcTransport.of(ssh.getInputStream(), ssh.getOutputStream(), () -> end(ssh));
        return RpcClient.over(new WithLastWords(transport, ssh));
    }

    private static void end(Process ssh) {
        ssh.destroy();
        Thread.ofVirtual().name("ssh-end").start(() -> {
            try {
                if (!ssh.waitFor(5, TimeUnit.SECONDS)) {
                    ssh.destroyForcibly();
                }
            } catch (InterruptedException _) {
                ssh.destroyForcibly();
            }
        });
    }

    /// The end of the stream, whoever notices it first, is told in ssh's own words.
    private static final class WithLastWords implements RpcTransport {
        private final RpcTransport transport;
        private final Process ssh;
        private Optional<String> words = Optional.empty(); // Guarded by this.

        private WithLastWords(RpcTransport transport, Process ssh) {
            this.transport = transport;
            this.ssh = ssh;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            int count;
            try {
                count = transport.read(into);
            } catch (IOException e) {
                throw new IOException(lastWords().orElse(e.getMessage()), e);
            }
            if (count < 0) {
                throw new IOException(lastWords().orElse("ssh closed the connection"));
            }
            return count;
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            try {
                transport.write(from);
            } catch (IOException e) {
                throw new IOException(lastWords().orElse(e.getMessage()), e);
            }
        }

        /// Empty if ssh goes on.
        private synchronized Optional<String> lastWords() throws IOException {
            if (words.isEmpty() && hasEnded()) {
                try (InputStream err = ssh.getErrorStream()) {
                    String said = new String(err.readNBytes(WORDS_BYTES), StandardCharsets.UTF_8).strip();
                    words = Optional.of(
                            "ssh ended with %d%s".formatted(ssh.exitValue(), said.isEmpty() ? "" : ": " + said));
                }
            }
            return words;
        }

        private boolean hasEnded() {
            try {
                return ssh.waitFor(WORDS_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            transport.close();
        }
    }
}
