package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.GuestlessDomain.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// Debian's virtnbdbackup and virtnbdrestore with virtkeepd behind them, of a domain whose disks are
/// written to without pause: each restored pair of disks is one instant, by the judge.
@Tag("interop")
class VirtnbdbackupIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long REGION_BYTES = 12L << 20;

    @TempDir
    private Path dir;

    private Virtkeepd daemon;

    @Test
    void backsUpAtAllLevelsAndRestoresWhatOneInstantWas() throws Exception {
        Tools.require("virtnbdbackup", "virtnbdrestore");
        try (Virtkeepd started = Virtkeepd.start(dir)) {
            daemon = started;
            try (GuestlessDomain domain = GuestlessDomain.start(daemon, dir, 2, "16M");
                    SequenceWriter writer = domain.writer(15, REGION_BYTES, "vda", "vdb")) {
                writer.start();
                Path chain = dir.resolve("chain");
                for (String level : List.of("full", "inc", "inc", "diff")) {
                    backUp(writer, level, chain);
                }
                assertThat(checkpoints()).containsExactly("virtnbdbackup.0", "virtnbdbackup.1", "virtnbdbackup.2");
                Path copy = dir.resolve("copy");
                backUp(writer, "copy", copy);
                Path again = dir.resolve("again");
                backUp(writer, "full", again); // takes the first chain's checkpoints away
                assertThat(checkpoints()).containsExactly("virtnbdbackup.0");
                long last = writer.stop();

                assertThat(domain.status()).isEqualTo("running");
                long first = judged(chain, "--until", "virtnbdbackup.0");
                long second = judged(chain, "--until", "virtnbdbackup.1");
                assertThat(second).isGreaterThan(first);
                long copied = judged(copy);
                long whole = restoresWithADefinition(again);
                assertThat(whole).isGreaterThan(copied).isLessThanOrEqualTo(last);
            }
        }
    }

    private List<String> checkpoints() {
        return run(daemon, "checkpoint-list", "vm", "--name", "--topological")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /// One run; before the last of a chain, also one that only prints how large an incremental would be.
    private void backUp(SequenceWriter writer, String level, Path into) {
        long wanted = writer.sequence() + 30;
        Await.until("the writer goes on", LIMIT, () -> writer.sequence() >= wanted);
        if (level.equals("diff")) {
            assertThat(virtnbdbackup("inc", into, "--printonly")).contains("stimated");
        }
        assertThat(virtnbdbackup(level, into)).doesNotContain("ERROR", "Traceback");
        assertThat(run(daemon, "domjobinfo", "vm")).contains("None");
    }

    private String virtnbdbackup(String level, Path into, String... more) {
        var command = new ArrayList<>(List.of("virtnbdbackup", "-U", uri(), "-n", "-d", "vm"));
        command.addAll(List.of("-l", level, "-o", into.toString(), "-S", dir.toString()));
        command.addAll(List.of("-f", dir.resolve("nbd").toString()));
        command.addAll(Arrays.asList(more));
        return Tool.run(command);
    }

    private String uri() {
        return "qemu:///system?socket=" + daemon.socket();
    }

    private long judged(Path backup, String... options) throws Exception {
        Path into = Files.createTempDirectory(dir, "restored");
        restore(backup, into, options);
        return Judge.requireRight(raw(into, "vda"), raw(into, "vdb"));
    }

    private void restore(Path backup, Path into, String... options) {
        var command = new ArrayList<>(List.of("virtnbdrestore", "-U", uri(), "-n", "-a", "restore"));
        command.addAll(List.of("-i", backup.toString(), "-o", into.toString()));
        command.addAll(Arrays.asList(options));
        Tool.run(command);
    }

    private static Path raw(Path restored, String disk) {
        return Images.convert(restored.resolve(disk + ".qcow2"), "qcow2", restored.resolve(disk + ".raw"), "raw");
    }

    /// Of several disks, 1.9.15 gives only the last its new path; so the definition cannot be started
    /// beside the domain.
    private long restoresWithADefinition(Path backup) throws Exception {
        Path into = Files.createTempDirectory(dir, "defined");
        restore(backup, into, "-c", "-D", "-N", "restored");
        assertThat(run(daemon, "domblklist", "restored"))
                .contains(into.resolve("vdb.qcow2").toString());
        run(daemon, "undefine", "restored");
        return Judge.requireRight(raw(into, "vda"), raw(into, "vdb"));
    }
}
