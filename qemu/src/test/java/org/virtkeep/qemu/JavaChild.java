package org.virtkeep.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Another Java process with the tests' classes, for what only shows between processes. Closing kills it.
public final class JavaChild implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;

    private final Process process;
    private final BufferedReader output;

    private JavaChild(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /// Starts the main method of a class.
    public static JavaChild start(Class<?> main, String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                classPath(main),
                main.getName()));
        command.addAll(Arrays.asList(arguments));
        try {
            return new JavaChild(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Everything that this process has on its module path, its class path, and the place of the tests.
    private static String classPath(Class<?> main) {
        Set<String> entries = new LinkedHashSet<>();
        try {
            entries.add(Path.of(main.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        String home = Path.of(entries.iterator().next()).getParent().toString();
        entries.add(Path.of(home, "test-classes").toString());
        entries.add(Path.of(home, "classes").toString());
        Stream.of("jdk.module.path", "java.class.path")
                .map(property -> System.getProperty(property, ""))
                .flatMap(path -> Stream.of(path.split(":")))
                .filter(entry -> !entry.isEmpty())
                .forEach(entries::add);
        return String.join(":", entries);
    }

    /// Waits for the next line the child prints.
    public String awaitLine() {
        try {
            String line = output.readLine();
            if (line == null) {
                throw new AssertionError("the child ended with " + awaitExit() + " instead of printing a line");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /// Waits for the child's end.
    public int awaitExit() {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the child did not end in time");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /// SIGKILL.
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    @Override
    public void close() {
        kill();
    }
}
