package org.virtkeep.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virtkeep.model.NbdAddress;

/// Where a server is to listen.
final class ListenAddress {
    private static final Pattern TCP = Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^:\\[\\]]+)):([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    private ListenAddress() {}

    /// @throws picocli.CommandLine.ParameterException if none or both are given, or the address has not its form
    static NbdAddress of(Optional<String> socket, Optional<String> listen, CliCommand command) {
        if (socket.isPresent() == listen.isPresent()) {
            throw command.usage("give --socket PATH or --listen HOST:PORT");
        }
        return socket.<NbdAddress>map(path ->
                        new NbdAddress.Unix(Path.of(path).toAbsolutePath().toString()))
                .orElseGet(() -> tcp(listen.orElseThrow(), command));
    }

    private static NbdAddress tcp(String text, CliCommand command) {
        Matcher form = TCP.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(3)) > MAX_PORT) {
            throw command.usage("'%s' is not HOST:PORT, such as 127.0.0.1:10809 or [::1]:10809".formatted(text));
        }
        String host = Optional.ofNullable(form.group(1)).orElse(form.group(2));
        return new NbdAddress.Tcp(host, Integer.parseInt(form.group(3)));
    }
}
