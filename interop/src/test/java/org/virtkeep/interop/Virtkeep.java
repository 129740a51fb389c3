package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Tools;

/// `bin/virtkeep` on one host, run as a user's script would run it: nothing but arguments, output and exit codes.
/// Thread-safe.
final class Virtkeep {
    private static final long LIMIT_SECONDS = 120;
    private static final Path HOME = Path.of(System.getProperty("virtkeep.home", ".."));
    private static final String PROGRAM = HOME.resolve("bin/virtkeep").toString();

    private final String uri;
    private final Path state;

    private Virtkeep(String uri, Path state) {
        this.uri = uri;
        this.state = state;
    }

    /// How a call ended.
    record Result(int exitCode, String out, String err) {
        /// The lines of standard output that say something.
        List<String> lines() {
            return out.lines().filter(line -> !line.isBlank()).toList();
        }
    }

    /// Ends the test if the program was not built: these tests run it, but do not build it.
    static Virtkeep on(Path root) {
        return on(root, "");
    }

    /// @param parameter of the connection's URI, as `push=direct`, or empty
    static Virtkeep on(Path root, String parameter) {
        return at(
                "qemu:///embed?root=%s&%s".formatted(root.toAbsolutePath(), parameter),
                root.toAbsolutePath().resolveSibling("state"));
    }

    /// As [#on], but on the host that a URI names.
    ///
    /// @param state where it keeps what it has to remember of its backups
    static Virtkeep at(String uri, Path state) {
        if (!Files.isDirectory(HOME.resolve("cli/target/lib"))) {
            Tools.miss(
                    "bin/virtkeep is not built; scripts/build does that, and `mvn verify` does it before this module");
        }
        return new Virtkeep(uri, state);
    }

    /// Standard output of a call that succeeds.
    String run(String... arguments) {
        Result result = attempt(arguments);
        assertThat(result.exitCode()).as(describe(arguments, result)).isZero();
        return result.out();
    }

    /// What a call that succeeds writes with `--json`.
    JsonNode json(String... arguments) {
        return Json.parse(run(with(arguments, "--json")));
    }

    /// Begins a backup and gives the job's id, as a script would.
    ///
    /// @param arguments from the domain's name on
    int begin(String... arguments) {
        var command = new ArrayList<>(List.of("backup-begin"));
        command.addAll(Arrays.asList(arguments));
        command.add("--id-only");
        return Integer.parseInt(run(command.toArray(String[]::new)).strip());
    }

    /// Checks that a call fails with exit code 1 and libvirt's number for `code`, and that nothing is on standard
    /// output.
    ///
    /// @return the error's JSON
    JsonNode refused(ErrorCode code, String... arguments) {
        Result result = attempt(with(arguments, "--json"));
        assertThat(result.exitCode()).as(describe(arguments, result)).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        JsonNode error = Json.parse(
                        result.err().lines().reduce((_, last) -> last).orElseThrow())
                .path("error");
        assertThat(error.path("code").asInt()).as(describe(arguments, result)).isEqualTo(code.wireValue());
        assertThat(error.path("codeName").asText()).isEqualTo(code.name());
        return error;
    }

    /// Runs a call to its end. That output ends is part of it: whatever the call leaves running must not hold it.
    Result attempt(String... arguments) {
        try {
            Process process = new ProcessBuilder(command(arguments)).start();
            process.getOutputStream().close();
            CompletableFuture<String> out = reading(process.getInputStream());
            CompletableFuture<String> err = reading(process.getErrorStream());
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("virtkeep " + String.join(" ", arguments) + " did not end");
            }
            return new Result(
                    process.exitValue(),
                    out.get(LIMIT_SECONDS, TimeUnit.SECONDS),
                    err.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TimeoutException e) {
            throw new AssertionError("virtkeep " + String.join(" ", arguments) + " left its output open", e);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /// Starts a call that goes on; closing it ends it.
    ChildProcess start(String... arguments) {
        return ChildProcess.start("virtkeep", command(arguments));
    }

    private List<String> command(String... arguments) {
        var command = new ArrayList<>(List.of("env", "JAVA_HOME=" + System.getProperty("java.home")));
        command.addAll(List.of("VIRTKEEP_STATE=" + state, PROGRAM, "-c", uri));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private static CompletableFuture<String> reading(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> read(stream), task -> Thread.ofVirtual().start(task));
    }

    private static String read(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] with(String[] arguments, String last) {
        String[] longer = Arrays.copyOf(arguments, arguments.length + 1);
        longer[arguments.length] = last;
        return longer;
    }

    private static String describe(String[] arguments, Result result) {
        return "virtkeep %s ended with %d:%n%s%s"
                .formatted(String.join(" ", arguments), result.exitCode(), result.out(), result.err());
    }
}
