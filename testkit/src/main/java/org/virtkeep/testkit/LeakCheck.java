package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Finds what a test leaves behind in its own process: open files and sockets, child processes, threads that keep
/// the JVM alive. Begin before the work, ask afterwards:
///
/// ```
/// var leaks = LeakCheck.begin();
/// … open, work, close …
/// leaks.requireNone();
/// ```
///
/// Reads `/proc/self`, so it knows Linux only. What class loading opened meanwhile (jars, the JDK's modules) and
/// anonymous kernel objects that the JVM shares (`anon_inode`) do not count. Tests that run at the same time in the
/// same JVM are seen as leaks.
public final class LeakCheck {

    /// Closing may end in another thread, a moment later.
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(5);

    static {
        openWhatTheJdkKeeps();
    }

    private final List<String> before;

    private LeakCheck(List<String> before) {
        this.before = before;
    }

    /// Notes what is open now.
    public static LeakCheck begin() {
        return new LeakCheck(open());
    }

    /// Waits a moment for what is being closed, then throws [AssertionError] with everything that is open now and
    /// was not at the beginning.
    public void requireNone() {
        requireNone(SETTLE_LIMIT);
    }

    void requireNone(Duration settleLimit) {
        long end = System.nanoTime() + settleLimit.toNanos();
        List<String> left = left();
        while (!left.isEmpty() && System.nanoTime() - end < 0) {
            pause();
            left = left();
        }
        if (!left.isEmpty()) {
            throw new AssertionError("left behind:\n  " + String.join("\n  ", left));
        }
    }

    /// The JDK keeps one end of a socket pair for itself from the first socket that is closed.
    private static void openWhatTheJdkKeeps() {
        try {
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
            ServerSocketChannel.open(StandardProtocolFamily.UNIX).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> left() {
        var left = new ArrayList<>(open());
        before.forEach(left::remove);
        return left;
    }

    private static List<String> open() {
        var all = new ArrayList<String>();
        descriptors().forEach(target -> all.add("open: " + target));
        children().forEach(child -> all.add("process: " + child));
        threads().forEach(thread -> all.add("thread: " + thread));
        return all;
    }

    private static List<String> descriptors() {
        return OpenFiles.targets(Path.of("/proc/self/fd")).stream()
                .filter(LeakCheck::counts)
                .sorted()
                .toList();
    }

    private static boolean counts(String target) {
        return !target.endsWith(".jar")
                && !target.endsWith("/modules")
                && !target.startsWith("anon_inode:")
                && !target.startsWith("/proc/")
                && !target.startsWith("/dev/");
    }

    private static Set<String> children() {
        var names = new TreeSet<String>();
        ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .forEach(child ->
                        names.add(child.pid() + " " + child.info().commandLine().orElse("")));
        return names;
    }

    /// Platform threads that keep the JVM alive, without the one in which JUnit runs a test that has a time limit.
    private static Set<String> threads() {
        var names = new TreeSet<String>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!thread.isDaemon() && !thread.getName().startsWith("junit-timeout-thread-")) {
                names.add(thread.getName());
            }
        }
        return names;
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
