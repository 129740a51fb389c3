package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.JobState;
import org.virtkeep.qmp.QueryBlockExports;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.SetJobSpeed;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.Tools;

/// Several jobs at once on the same two disks, which are written to without pause: each job's copy is of its own
/// instant, whichever is read and ended first.
@Tag("qemu")
class ParallelJobsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PUSH = "push";
    /// A full pull, an incremental one, and an incremental push that copies slowly, begun in this order.
    private static final List<String> JOBS = List.of("full", "incremental", PUSH);

    @TempDir
    Path dir;

    @Test
    void eachIsOfItsOwnInstantWhicheverEndsFirst() {
        Tools.require("nbdcopy");
        var slow = new boolean[] {false};
        try (var vm = TestDomain.in(dir)
                        .disks(2)
                        .monitors(real -> slow[0] ? new SlowCopies(real) : real)
                        .start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda", "vdb");
            writer.start();
            var bases = Bases.make(bench, writer);
            for (List<String> order : orders()) {
                slow[0] = true;
                var round = new Round(vm, bench, writer, bases, String.join("-", order));
                try {
                    round.begin();
                    round.end(order);
                    round.requireNothingLeft();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("ended in the order " + order + ": " + e.getMessage(), e);
                }
            }
            writer.stop();
        }
    }

    /// Each job is once the first, the second and the last to end.
    private static List<List<String>> orders() {
        var orders = new ArrayList<List<String>>();
        for (int i = 0; i < JOBS.size(); i++) {
            var order = new ArrayList<>(JOBS);
            Collections.rotate(order, i);
            orders.add(order);
        }
        return orders;
    }

    private static void awaitWrites(SequenceWriter writer, int records) {
        long wanted = writer.sequence() + records;
        Await.until("the writer has written " + records + " more", LIMIT, () -> writer.sequence() >= wanted);
    }

    /// Copies of the disks as they were at checkpoint `a`; those of checkpoint `b` are the targets of the push `b`.
    private record Bases(Path vda, Path vdb) {
        static Bases make(BackupBench bench, SequenceWriter writer) {
            for (String checkpoint : List.of("a", "b")) {
                awaitWrites(writer, 40);
                bench.requireCompleted(bench.push("", checkpoint, checkpoint));
            }
            return new Bases(raw(bench, "vda"), raw(bench, "vdb"));
        }

        private static Path raw(BackupBench bench, String disk) {
            Path target = bench.target(disk, "a");
            return Images.convert(target, "qcow2", target.resolveSibling(disk + ".a.raw"), "raw");
        }
    }

    /// Three jobs, from their begins to their ends.
    private static final class Round {
        private final TestDomain vm;
        private final BackupBench bench;
        private final SequenceWriter writer;
        private final Bases bases;
        private final String name;
        private final Map<String, Integer> ids = new TreeMap<>();
        private final Map<String, Long> begun = new TreeMap<>();

        Round(TestDomain vm, BackupBench bench, SequenceWriter writer, Bases bases, String name) {
            this.vm = vm;
            this.bench = bench;
            this.writer = writer;
            this.bases = bases;
            this.name = name;
        }

        void begin() {
            begun("full", bench.pullAs("full", "", ""));
            begun("incremental", bench.pullAs("incremental", "a", ""));
            begun(PUSH, bench.push("b", "", "p-" + name));
        }

        private void begun(String job, int id) {
            ids.put(job, id);
            begun.put(job, writer.sequence());
            awaitWrites(writer, 20);
        }

        void end(List<String> order) {
            assertThat(bench.domain().backupJobs().stream()
                            .filter(job -> job.state() == JobState.RUNNING)
                            .map(job -> job.id()))
                    .containsExactlyInAnyOrderElementsOf(ids.values());
            var found = new TreeMap<String, Long>();
            for (String job : order) {
                found.put(job, job.equals(PUSH) ? endPush() : endPull(job));
                awaitWrites(writer, 10);
            }
            assertThat(found.get("full")).isLessThan(found.get("incremental"));
            assertThat(found.get("incremental")).isLessThan(found.get(PUSH));
            assertThat(found.get("full")).isLessThanOrEqualTo(begun.get("full"));
        }

        private long endPull(String job) {
            Path socket = bench.socket(job);
            boolean full = job.equals("full");
            Path vda = full ? copy(socket, "vda") : patched(socket, "vda", bases.vda());
            Path vdb = full ? copy(socket, "vdb") : patched(socket, "vdb", bases.vdb());
            assertThat(bench.domain().backupEnd(ids.get(job), Set.of())).isEqualTo(BackupEnd.COMPLETED);
            return Judge.requireRight(vda, vdb);
        }

        private Path copy(Path socket, String disk) {
            return bench.copy(socket, disk, disk + ".full." + name);
        }

        private Path patched(Path socket, String disk, Path base) {
            return bench.patched(socket, disk, base, disk + ".incremental." + name);
        }

        private long endPush() {
            try (var session = vm.session()) {
                session.execute(new QueryJobs()).stream()
                        .filter(job -> job.id().endsWith("-c"))
                        .forEach(job -> session.execute(new SetJobSpeed(job.id(), 0)));
            }
            bench.requireCompleted(ids.get(PUSH));
            return Judge.requireRight(restored("vda"), restored("vdb"));
        }

        void requireNothingLeft() {
            try (var session = vm.session()) {
                assertThat(session.execute(new QueryJobs())).isEmpty();
                assertThat(session.execute(new QueryBlockExports())).isEmpty();
                assertThat(session.execute(new QueryNamedBlockNodes()))
                        .noneMatch(node -> node.name().startsWith("vk"))
                        .noneMatch(node -> node.bitmaps().stream()
                                .anyMatch(bitmap -> bitmap.name().orElse("vk").startsWith("vk")));
            }
            assertThat(vm.root().folder("vm").socket("nbd.sock")).doesNotExist();
        }

        private Path restored(String disk) {
            Path layer = bench.target(disk, "p-" + name);
            Shell.run(
                    "qemu-img",
                    "rebase",
                    "-u",
                    "-F",
                    "qcow2",
                    "-b",
                    bench.target(disk, "b").toString(),
                    layer.toString());
            return Images.convert(layer, "qcow2", vm.directory().resolve(disk + ".p." + name), "raw");
        }
    }
}
