package org.virtkeep.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A process that a test started and owns: its output is collected line by line, `close()` kills it and waits.
/// Whatever is still alive when the JVM ends is killed then. Thread-safe.
public final class ChildProcess implements AutoCloseable {

    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);
    private static final Set<ChildProcess> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(child -> child.process.destroyForcibly())));
    }

    private final String name;
    private final Process process;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>(); // Guarded by itself.
    private boolean outputEnded; // Guarded by lines.

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.reader = Thread.ofVirtual().name("testkit-output-" + name).unstarted(this::collect);
    }

    /// Starts `command` with standard error merged into standard output and nothing to read on standard input
    /// but what [#send] gives it.
    public static ChildProcess start(String name, List<String> command) {
        return start(name, new ProcessBuilder(command));
    }

    static ChildProcess start(String name, ProcessBuilder builder) {
        try {
            var child = new ChildProcess(name, builder.redirectErrorStream(true).start());
            ALIVE.add(child);
            child.process.onExit().thenRun(() -> ALIVE.remove(child));
            child.reader.start();
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + String.join(" ", builder.command()), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// The exit code; empty while the process runs. A signal counts as 128 plus its number.
    public Optional<Integer> exitCode() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    /// Everything printed so far.
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /// Gives the process a line on its standard input.
    public void send(String line) {
        try {
            var input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not listen", e);
        }
    }

    /// Waits for a line at or after position `from` of [#lines()] that `wanted` accepts, and gives the first.
    /// Throws [AssertionError] with the last output if the limit passes or the process ends without it.
    public String awaitLine(int from, Duration limit, Predicate<String> wanted) {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (lines) {
            for (int at = from; ; at++) {
                while (at >= lines.size()) {
                    long leftMillis = (end - System.nanoTime()) / 1_000_000;
                    if (leftMillis <= 0 || outputEnded) {
                        throw new AssertionError(name + " did not print the line that was waited for; " + tail());
                    }
                    waitForLines(leftMillis);
                }
                if (wanted.test(lines.get(at))) {
                    return lines.get(at);
                }
            }
        }
    }

    /// Waits for the process to end by itself, and gives its exit code.
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " still runs after " + limit.toMillis() + " ms; " + tail());
            }
            reader.join(KILL_LIMIT);
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + name, e);
        }
    }

    /// Sends SIGTERM. What the process still says is read: it must not fail to say it.
    public void terminate() {
        process.toHandle().destroy(); // Process itself closes the streams as well
    }

    /// Sends SIGKILL and waits until the process is gone.
    public void kill() {
        process.destroyForcibly();
        awaitExit(KILL_LIMIT);
    }

    @Override
    public void close() {
        kill();
    }

    /// The last output, for messages.
    public String tail() {
        List<String> all = lines();
        return "its last output:\n  " + String.join("\n  ", all.subList(Math.max(0, all.size() - 20), all.size()));
    }

    private void waitForLines(long millis) {
        try {
            lines.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for output of " + name, e);
        }
    }

    private void collect() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException _) {
            // the pipe broke because the process was killed; what was printed before is kept
        } finally {
            synchronized (lines) {
                outputEnded = true;
                lines.notifyAll();
            }
        }
    }
}
