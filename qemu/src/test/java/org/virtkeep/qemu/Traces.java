package org.virtkeep.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.virtkeep.testkit.BlockState;
import org.virtkeep.testkit.Monitor;
import org.virtkeep.testkit.OpenFiles;

/// Everything that a backup job may leave behind: in QEMU's block layer, among its open files and sockets, in
/// the folders of root and images, and among the processes. What is meant to stay (records, logs, the
/// journal) does not count.
///
/// @param checkpoints names of those that the domain has
record Traces(BlockState blocks, OpenFiles open, List<String> files, List<String> keepers, List<String> checkpoints) {

    private static final String MEANT_TO_STAY =
            "root/(lock|events.lock|locks/.*|events/.*|run-ids.json|domains/vm/live.json|domains/vm/qemu.log"
                    + "|domains/vm/checkpoints/[^.].*|domains/vm/jobs/(last-id.json|[0-9]+[.](json|log|trouble)))";

    static Traces of(TestDomain vm) {
        try (var monitor = Monitor.connect(vm.run().watchMonitors().getLast())) {
            return new Traces(
                    BlockState.capture(monitor),
                    OpenFiles.of(vm.process().pid()),
                    files(vm.directory()),
                    keepers(vm).stream().map(Keeper::commandLine).toList(),
                    vm.domain().checkpoints().stream()
                            .map(checkpoint -> checkpoint.name())
                            .sorted()
                            .toList());
        }
    }

    /// A keeper's process.
    record Keeper(long pid, String commandLine) {
        void signal(String name) {
            Shell.run("kill", "-" + name, Long.toString(pid));
        }
    }

    /// The living keepers of the domain's root.
    static List<Keeper> keepers(TestDomain vm) {
        return ProcessHandle.allProcesses()
                .map(process -> new Keeper(process.pid(), commandLine(process.pid())))
                .filter(process -> process.commandLine().contains("org.virtkeep.qemu.backup.Keeper ")
                        && process.commandLine().contains(vm.root().dir().toString()))
                .toList();
    }

    /// Empty for a zombie.
    private static String commandLine(long pid) {
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
            return new String(line, StandardCharsets.UTF_8).replace('\0', ' ');
        } catch (IOException _) {
            return ""; // has just ended
        }
    }

    private static List<String> files(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> !Files.isDirectory(path))
                    .map(path -> directory.relativize(path).toString())
                    .filter(name -> !name.matches(MEANT_TO_STAY))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Throws [AssertionError] naming what is too much and what is missing.
    void requireSame(Traces now) {
        var differences = new StringBuilder();
        compare("nodes", blocks.nodes(), now.blocks.nodes(), differences);
        compare("bitmaps", blocks.bitmaps(), now.blocks.bitmaps(), differences);
        compare("jobs", blocks.jobs(), now.blocks.jobs(), differences);
        compare("exports", blocks.exports(), now.blocks.exports(), differences);
        compare("devices", blocks.devices(), now.blocks.devices(), differences);
        compare("files open in QEMU", open.paths(), now.open.paths(), differences);
        compare("sockets of QEMU", open.listening(), now.open.listening(), differences);
        compare("files", files, now.files, differences);
        compare("keepers", keepers, now.keepers, differences);
        compare("checkpoints", checkpoints, now.checkpoints, differences);
        if (!differences.isEmpty()) {
            throw new AssertionError("not as before:" + differences);
        }
    }

    private static void compare(String what, List<String> before, List<String> now, StringBuilder differences) {
        if (!before.equals(now)) {
            var added = new TreeSet<>(now);
            before.forEach(added::remove);
            var gone = new TreeSet<>(before);
            now.forEach(gone::remove);
            differences.append("\n  %s added: %s, gone: %s".formatted(what, added, gone));
        }
    }
}
