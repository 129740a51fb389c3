package org.virtkeep.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;

/// What a command runs in. Tests bring their own.
///
/// @param out       standard output; always UTF-8, because it carries XML and JSON
/// @param pipe      true if `out` is read by another program, which may stop reading when it has enough
/// @param abandoned true once nobody reads `out` any more; false also where that cannot be found out
/// @param terminal  true if `err` is a terminal, so that progress can be drawn on it
/// @param superuser true for user id 0, whose state is the machine's
/// @param secret    asks a person for something that nobody else may read, by what it is; empty if there is no person
/// @param connector opens a connection by URI; the caller closes it
record Surroundings(
        Map<String, String> environment,
        Path home,
        boolean superuser,
        InputStream in,
        PrintStream out,
        boolean pipe,
        BooleanSupplier abandoned,
        PrintStream err,
        boolean terminal,
        Function<String, Optional<String>> secret,
        Function<String, Connection> connector) {

    static Surroundings ofProcess() {
        return new Surroundings(
                System.getenv(),
                Path.of(System.getProperty("user.home")),
                isSuperuser(),
                System.in,
                stream(FileDescriptor.out, false),
                isPipe(descriptorLink(1)),
                () -> ReaderWatch.isPermitted() && ReaderWatch.isGone(1),
                stream(FileDescriptor.err, true),
                isTerminal(descriptorLink(2)),
                Surroundings::ask,
                Connections::open);
    }

    private static Optional<String> ask(String what) {
        return Optional.ofNullable(System.console())
                .map(console -> console.readPassword("%s: ", what))
                .map(String::new);
    }

    private static PrintStream stream(FileDescriptor descriptor, boolean flushLines) {
        var bytes = new BufferedOutputStream(new FileOutputStream(descriptor));
        return new PrintStream(bytes, flushLines, StandardCharsets.UTF_8);
    }

    private static boolean isSuperuser() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return System.getProperty("user.name").equals("root");
        }
    }

    private static boolean isPipe(String link) {
        return link.startsWith("pipe:") || link.startsWith("socket:");
    }

    /// `System.console()` answers only for standard input and output together.
    private static boolean isTerminal(String link) {
        return link.startsWith("/dev/pts/") || link.startsWith("/dev/tty") || link.equals("/dev/console");
    }

    /// What Linux says about an open file of this process; empty if it does not say.
    private static String descriptorLink(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
        } catch (IOException e) {
            return "";
        }
    }
}
