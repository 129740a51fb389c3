package org.virtkeep.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.virtkeep.testkit.Tools;

/// Debian's virsh as a client of the daemon behind one socket. Thread-safe.
final class Virsh {
    private static final long LIMIT_SECONDS = 120;

    private final String uri;

    private Virsh(String uri) {
        this.uri = uri;
    }

    /// Ends the test if there is no virsh.
    static Virsh of(Path socket) {
        return at("qemu:///session?socket=" + socket);
    }

    /// As [#of], with the daemon that a URI names.
    static Virsh at(String uri) {
        Tools.require("virsh", "stdbuf");
        return new Virsh(uri);
    }

    /// How a command ended.
    record Result(int exitCode, String out, String err) {}

    /// Runs a command to its end.
    Result run(List<String> arguments) {
        try (Running running = start(arguments)) {
            return running.end();
        }
    }

    Result run(String... arguments) {
        return run(List.of(arguments));
    }

    /// Starts a command. Its output is there as soon as it is printed.
    Running start(List<String> arguments) {
        var command = new ArrayList<>(List.of("stdbuf", "-oL", "virsh", "-c", uri));
        command.addAll(arguments);
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            process.getOutputStream().close();
            return new Running(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A command that goes on; closing it ends it.
    static final class Running implements AutoCloseable {
        private final Process process;
        private final StringBuffer out = new StringBuffer();
        private final StringBuffer err = new StringBuffer();
        private final CompletableFuture<Void> read;

        private Running(Process process) {
            this.process = process;
            this.read = CompletableFuture.allOf(
                    reading(process.getInputStream(), out), reading(process.getErrorStream(), err));
        }

        /// What was printed so far.
        String out() {
            return out.toString();
        }

        boolean isAlive() {
            return process.isAlive();
        }

        /// As Ctrl-C does.
        void interrupt() {
            try {
                new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /// Waits until it has ended by itself.
        Result end() {
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("virsh does not end; it printed " + out + err);
                }
                read.join();
                return new Result(process.exitValue(), out.toString(), err.toString());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }

        private static CompletableFuture<Void> reading(InputStream stream, StringBuffer into) {
            return CompletableFuture.runAsync(
                    () -> {
                        try (var reader = new java.io.InputStreamReader(stream, StandardCharsets.UTF_8)) {
                            var buffer = new char[4096];
                            for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                                into.append(buffer, 0, n);
                            }
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    task -> Thread.ofVirtual().start(task));
        }
    }
}
