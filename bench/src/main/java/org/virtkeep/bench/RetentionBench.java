package org.virtkeep.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.virtkeep.repository.BackupMetadata;
import org.virtkeep.repository.BackupPlan;
import org.virtkeep.repository.BackupWriter;
import org.virtkeep.repository.CheckLevel;
import org.virtkeep.repository.DiskSpec;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.PruneReport;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryOptions;
import org.virtkeep.repository.RepositorySettings;
import org.virtkeep.repository.RetentionPolicy;

/// `RetentionBench FOLDER BACKUPS`: how commit, list and prune go when a repository has many backups. Each changes 16
/// chunks, at random, of the first GiB of a disk of 64 GiB. Prints a Markdown table.
public final class RetentionBench {
    private static final int SEED = 3;
    private static final long DISK_BYTES = 64L << 30;
    private static final long BUSY_BYTES = 1L << 30;
    private static final int CHANGES = 16;
    private static final int KEPT = 30;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Repository repository;
    private final int backups;

    private RetentionBench(Repository repository, int backups) {
        this.repository = repository;
        this.backups = backups;
    }

    public static void main(String[] arguments) throws IOException {
        var storage = LocalStorage.create(Path.of(arguments[0]));
        try (var repository = Repository.create(storage, RepositoryOptions.defaults(), RepositorySettings.defaults())) {
            new RetentionBench(repository, Integer.parseInt(arguments[1])).run();
        }
    }

    private void run() throws IOException {
        var commits = new ArrayList<Double>();
        Optional<String> base = Optional.empty();
        Instant night = Instant.now().minus(Duration.ofDays(backups));
        for (int i = 0; i < backups; i++) {
            long start = System.nanoTime();
            base = Optional.of(backUp(base, night.plus(Duration.ofDays(i))));
            commits.add(seconds(start));
        }
        System.out.printf("| %d backups | s |%n| --- | --- |%n", backups);
        row("a backup of 4 MiB, median of the first 50", median(commits.subList(0, 50)));
        row("the same, of the last 50", median(commits.subList(backups - 50, backups)));
        long start = System.nanoTime();
        repository.list();
        row("list", seconds(start));
        start = System.nanoTime();
        PruneReport report = repository.prune(RetentionPolicy.keepLast(KEPT));
        row(
                "prune to the newest %d, which forgets %d and frees %d MiB"
                        .formatted(KEPT, report.forgotten().size(), report.freedBytes() >> 20),
                seconds(start));
        start = System.nanoTime();
        boolean clean = repository.check(CheckLevel.data()).isClean();
        row("verify of what is left, %s".formatted(clean ? "clean" : "WITH FAULTS"), seconds(start));
    }

    private String backUp(Optional<String> base, Instant instant) throws IOException {
        var plan = new BackupPlan("vm", List.of(new DiskSpec("vda", DISK_BYTES)), base);
        try (BackupWriter writer = repository.begin(plan)) {
            var bytes = new byte[repository.chunkSizeBytes()];
            for (int i = 0; i < CHANGES; i++) {
                random.nextBytes(bytes);
                writer.disk("vda").put(random.nextLong(BUSY_BYTES / bytes.length), ByteBuffer.wrap(bytes));
            }
            return writer.commit(BackupMetadata.at(instant)).id();
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static void row(String what, double seconds) {
        System.out.printf("| %s | %.3f |%n", what, seconds);
    }
}
