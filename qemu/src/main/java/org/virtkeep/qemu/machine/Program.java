package org.virtkeep.qemu.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Runs another program to its end. Stateless.
public final class Program {
    /// More than `qemu-img info` says about the longest chain.
    private static final int MAX_OUTPUT_BYTES = 16 << 20;

    private Program() {}

    /// How a program ended. `output` and `errors` are cut at 16 MiB.
    public record Result(int exitCode, String output, String errors) {
        public boolean succeeded() {
            return exitCode == 0;
        }

        /// What it complained about, on one line.
        public String complaint() {
            String text = errors.isBlank() ? "exit code " + exitCode : errors;
            return String.join("; ", text.strip().lines().map(String::strip).toList());
        }
    }

    /// Where a program is found; a name without '/' is looked up in PATH.
    public static Optional<Path> find(String program) {
        if (program.contains("/")) {
            return Optional.of(Path.of(program)).filter(Files::isExecutable);
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return Stream.of(path.split(":"))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, program))
                .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
                .findFirst();
    }

    /// Runs a command without input and waits for its end.
    ///
    /// @throws VirtException OPERATION_UNSUPPORTED if it is not installed; OPERATION_TIMEOUT if it does not
    ///     end in time, it is killed then; SYSTEM_ERROR if it cannot be started
    public static Result run(List<String> command, Deadline deadline) {
        find(command.getFirst()).orElseThrow(() -> missing(command.getFirst()));
        Process process = launch(command);
        try {
            CompletableFuture<String> output = collect("output", process.getInputStream());
            CompletableFuture<String> errors = collect("errors", process.getErrorStream());
            if (!process.waitFor(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        "'%s' did not end within %d s"
                                .formatted(command.getFirst(), deadline.limit().toSeconds()));
            }
            return new Result(process.exitValue(), output.join(), errors.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VirtException.qemu(
                    ErrorCode.OPERATION_ABORTED, "interrupted while '%s' ran".formatted(command.getFirst()), e);
        } finally {
            process.destroyForcibly();
        }
    }

    static VirtException missing(String program) {
        return VirtException.qemu(
                ErrorCode.OPERATION_UNSUPPORTED,
                "program '%s' was not found; install it or correct PATH".formatted(program));
    }

    private static Process launch(List<String> command) {
        try {
            var builder = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile());
            builder.environment().put("LC_ALL", "C");
            return builder.start();
        } catch (IOException e) {
            throw VirtException.qemu(
                    ErrorCode.SYSTEM_ERROR, "cannot start '%s': %s".formatted(command.getFirst(), e.getMessage()), e);
        }
    }

    private static CompletableFuture<String> collect(String what, InputStream stream) {
        var text = new CompletableFuture<String>();
        Thread.ofVirtual().name("program-" + what).start(() -> {
            try (stream) {
                byte[] head = stream.readNBytes(MAX_OUTPUT_BYTES);
                stream.transferTo(OutputStream.nullOutputStream()); // so that it need not wait for us
                text.complete(new String(head, StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.complete(""); // the program's end tells what matters
            }
        });
        return text;
    }
}
