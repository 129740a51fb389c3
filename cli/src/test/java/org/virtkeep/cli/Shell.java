package org.virtkeep.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs commands in this process, against a host in memory.
final class Shell {
    final FakeHost host = new FakeHost();
    final Map<String, String> environment = new HashMap<>();
    final List<String> uris = new ArrayList<>();
    final Deque<String> secrets = new ArrayDeque<>();
    byte[] input = {};
    boolean pipe;
    boolean terminal;
    boolean abandoned;

    /// How a command ended and what it wrote.
    record Result(int code, String out, String err) {}

    Result run(String... arguments) {
        var out = new ByteArrayOutputStream();
        return run(out, out, arguments);
    }

    /// With a standard output that is not remembered, or that fails.
    Result runInto(OutputStream stream, String... arguments) {
        return run(stream, new ByteArrayOutputStream(), arguments);
    }

    private Result run(OutputStream stream, ByteArrayOutputStream remembered, String... arguments) {
        var err = new ByteArrayOutputStream();
        var surroundings = new Surroundings(
                environment,
                Path.of("/home/user"),
                false,
                new ByteArrayInputStream(input),
                print(stream),
                pipe,
                () -> abandoned,
                print(err),
                terminal,
                _ -> Optional.ofNullable(secrets.poll()),
                uri -> {
                    uris.add(uri);
                    return host;
                });
        int code = Cli.run(surroundings, arguments);
        return new Result(code, text(remembered), text(err));
    }

    private static PrintStream print(OutputStream stream) {
        return new PrintStream(stream, false, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
