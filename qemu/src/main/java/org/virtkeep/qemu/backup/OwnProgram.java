package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Starts a class of this module as a process of its own, in a session of its own, so that no signal meant for us
/// reaches it. Stateless.
public final class OwnProgram {
    /// Small and quickly up: most of a keeper's time is copying in the kernel, so the second compiler costs more
    /// than it gains, and a large young generation only takes memory. Standard output belongs to the protocol, so
    /// the JVM's own complaints go to the log. Figures: `docs/benchmarks.md`.
    private static final List<String> JVM_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-Xmx192m",
            "-Xmn8m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xlog:disable",
            "-Xlog:all=error:stderr");

    /// System property with more options for the keeper's JVM, separated by commas: whoever has a cache of the
    /// keeper's classes names it here (`-XX:AOTCache=FILE`).
    private static final String MORE_OPTIONS = "org.virtkeep.keeper.options";

    private OwnProgram() {}

    /// @param program has a `main`
    /// @param log receives what it has to say for itself
    public static Process start(Class<?> program, Path log, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("setsid", javaProgram()));
        command.addAll(JVM_OPTIONS);
        command.addAll(moreOptions());
        command.addAll(programLocation(program));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /// For a program's `main`, first of all: its standard output, which belongs to whoever started it. What others
    /// print, such as a logger that nobody has configured, goes to its log from now on.
    public static PrintStream takeOutput() {
        PrintStream output = System.out;
        System.setOut(System.err);
        return output;
    }

    /// From now on what a program prints, after [#takeOutput], goes to another log.
    static void logTo(Path log) throws IOException {
        var output = new PrintStream(
                Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                true,
                StandardCharsets.UTF_8);
        System.setErr(output);
        System.setOut(output);
    }

    private static List<String> moreOptions() {
        return Stream.of(System.getProperty(MORE_OPTIONS, "").split(","))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    private static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /// Where our own classes are: it runs the same code as we do, as a module where we are one.
    private static List<String> programLocation(Class<?> program) {
        String modulePath = System.getProperty("jdk.module.path");
        Module ours = program.getModule();
        return ours.isNamed() && modulePath != null
                ? List.of("-p", modulePath, "-m", ours.getName() + "/" + program.getName())
                : List.of("-cp", System.getProperty("java.class.path"), program.getName());
    }
}
