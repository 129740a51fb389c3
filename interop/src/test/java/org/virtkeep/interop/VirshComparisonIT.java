package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.virtkeep.testkit.LibvirtdProcess;

/// The same virsh commands against libvirtd and against virtkeepd, on equal domains: what virsh prints
/// and how it ends is equal, or the difference is in `docs/compatibility.md`, with its reason.
///
/// All that was printed is in `interop/target/virsh-comparison.txt` afterwards. With
/// `-Dvirtkeep.compare=libvirtd` two libvirtds are compared, which tells what the comparison itself gets
/// wrong.
@Tag("interop")
class VirshComparisonIT {
    private static final Path REPORT = Path.of("target/virsh-comparison.txt");

    @Test
    void differsFromLibvirtdOnlyWhereTheDocumentSaysSo() throws Exception {
        boolean control = "libvirtd".equals(System.getProperty("virtkeep.compare"));
        FutureTask<SequencedMap<String, Virsh.Result>> libvirtd = inBackground(VirshComparisonIT::libvirtd);
        SequencedMap<String, Virsh.Result> ours = control ? libvirtd() : virtkeepd();
        SequencedMap<String, Virsh.Result> theirs = result(libvirtd);

        assertThat(theirs.size()).as("commands").isGreaterThanOrEqualTo(60);
        assertThat(theirs.values().stream().filter(each -> each.exitCode() != 0))
                .hasSizeGreaterThan(20);
        Map<String, String> found = differences(theirs, ours);
        report(theirs, ours, found);
        Map<String, String> admitted = control ? Map.of() : CompatibilityTable.read();
        assertThat(without(found, admitted))
                .as("differences that the document does not name; all output is in %s", REPORT.toAbsolutePath())
                .isEmpty();
        assertThat(without(admitted, found))
                .as("differences that the document names and that are not there")
                .isEmpty();
    }

    private static List<String> without(Map<String, String> some, Map<String, String> others) {
        return some.entrySet().stream()
                .filter(each -> !each.getValue().equals(others.get(each.getKey())))
                .map(each -> each.getKey() + " -> " + each.getValue())
                .toList();
    }

    private static SequencedMap<String, Virsh.Result> libvirtd() throws IOException {
        try (LibvirtdProcess daemon = LibvirtdProcess.start()) {
            return VirshScript.run(daemon.socket(), daemon.directory());
        }
    }

    private static SequencedMap<String, Virsh.Result> virtkeepd() throws IOException {
        Path folder = Files.createTempDirectory("virtkepd"); // as long as libvirtd's
        try (Virtkeepd daemon = Virtkeepd.start(folder)) {
            return VirshScript.run(daemon.socket(), folder);
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static <T> FutureTask<T> inBackground(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofPlatform().start(task);
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private static Map<String, String> differences(Map<String, Virsh.Result> theirs, Map<String, Virsh.Result> ours) {
        var differences = new TreeMap<String, String>();
        theirs.forEach((key, result) -> {
            var parts = new ArrayList<String>();
            Virsh.Result other = ours.get(key);
            if (result.exitCode() != other.exitCode()) {
                parts.add("exit code");
            }
            if (!result.out().equals(other.out())) {
                parts.add("output");
            }
            if (!result.err().equals(other.err())) {
                parts.add("message");
            }
            if (!parts.isEmpty()) {
                differences.put(key, String.join(", ", parts));
            }
        });
        return differences;
    }

    private static void report(
            Map<String, Virsh.Result> theirs, Map<String, Virsh.Result> ours, Map<String, String> found)
            throws IOException {
        var text = new StringBuilder();
        theirs.forEach((key, result) -> {
            String difference = found.get(key);
            if (difference == null) {
                text.append("== ").append(key).append('\n').append(shown(result));
            } else {
                text.append("!! ").append(key).append(" (").append(difference).append(")\n");
                text.append("-- libvirtd\n").append(shown(result));
                text.append("-- virtkeepd\n").append(shown(ours.get(key)));
            }
        });
        Files.writeString(REPORT, text);
    }

    private static String shown(Virsh.Result result) {
        return "%s%n%s%n[%d]%n".formatted(result.out(), result.err(), result.exitCode());
    }
}
