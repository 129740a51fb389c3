package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.virtkeep.model.ByteRange;

/// Measures ingest, restore and verify of one repository, from and to memory. Run it by hand:
/// `RepositoryBench FOLDER [MiB] [threads] [encrypted]`. Two thirds of the data are random, one third is
/// text-like.
final class RepositoryBench {
    private static final int CHUNK_BYTES = RepositoryOptions.DEFAULT_CHUNK_BYTES;
    private static final Credentials KEY = Credentials.passphrase("bench");

    private final Path folder;
    private final int threads;
    private final int chunks;
    private final boolean encrypted;
    private final byte[][] contents = new byte[48][];
    private Duration cpuBefore = Duration.ZERO;

    private RepositoryBench(Path folder, int mebibytes, int threads, boolean encrypted) {
        this.folder = folder;
        this.threads = threads;
        this.chunks = mebibytes * ((1 << 20) / CHUNK_BYTES);
        this.encrypted = encrypted;
        var random = new SplittableRandom(1);
        for (int content = 0; content < contents.length; content++) {
            contents[content] = new byte[CHUNK_BYTES];
            random.nextBytes(contents[content]);
            if (content % 3 == 0) {
                compressible(contents[content], random);
            }
        }
    }

    /// Bytes that zstd makes about a third of: words of a small vocabulary.
    private static void compressible(byte[] bytes, SplittableRandom random) {
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) ("etaoin shrdlu".charAt(random.nextInt(13)));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(
                arguments[0], "virtkeep-bench-" + ProcessHandle.current().pid());
        int mebibytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1024;
        int threads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
        var bench = new RepositoryBench(folder, mebibytes, threads, arguments.length > 3);
        try {
            bench.kernels();
            bench.run();
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /// What one core does of each step alone.
    private void kernels() {
        Keys keys = Keys.plain();
        var workspace = new Workspace(CHUNK_BYTES, 1);
        for (int round = 0; round < 2; round++) {
            long start = System.nanoTime();
            for (int chunk = 0; chunk < 1024; chunk++) {
                keys.id(contents[chunk % contents.length], 0, CHUNK_BYTES);
            }
            long hashed = System.nanoTime();
            for (int chunk = 0; chunk < 1024; chunk++) {
                workspace.compress(ByteBuffer.wrap(contents[chunk % contents.length], 0, CHUNK_BYTES));
            }
            long compressed = System.nanoTime();
            report("one core, SHA-256", 1024, hashed - start);
            report("one core, zstd 1", 1024, compressed - hashed);
        }
        workspace.close();
    }

    private void run() throws Exception {
        RepositoryOptions options = RepositoryOptions.defaults();
        var storage = LocalStorage.create(folder);
        try (var repository = Repository.create(
                storage, encrypted ? options.encryptedFor(KEY, 1000) : options, RepositorySettings.defaults())) {
            String backup = "";
            for (int round = 0; round < 3; round++) {
                backup = ingest(repository, round);
            }
            restore(repository, backup);
            restore(repository, backup);
            long start = System.nanoTime();
            CheckReport report = repository.check(CheckLevel.data());
            report("verify, stored bytes", (int) (report.bytesRead() / CHUNK_BYTES), System.nanoTime() - start);
            if (!report.isClean()) {
                throw new IllegalStateException(report.problems().toString());
            }
        }
        Runtime runtime = Runtime.getRuntime();
        System.out.printf("heap in use %d MiB%n", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }

    private String ingest(Repository repository, int round) throws Exception {
        long start = System.nanoTime();
        var plan = new BackupPlan("vm", List.of(new DiskSpec("vda", (long) chunks * CHUNK_BYTES)), Optional.empty());
        try (BackupWriter writer = repository.begin(plan);
                var pool = Executors.newFixedThreadPool(threads)) {
            var next = new AtomicLong();
            var tasks = new ArrayList<Callable<Void>>();
            for (int thread = 0; thread < threads; thread++) {
                tasks.add(() -> put(writer.disk("vda"), next, round));
            }
            for (var done : pool.invokeAll(tasks)) {
                done.get();
            }
            BackupInfo backup = writer.commit(BackupMetadata.at(Instant.now()));
            report("ingest, %d MiB stored".formatted(backup.storedBytes() >> 20), chunks, System.nanoTime() - start);
            return backup.id();
        }
    }

    /// Every chunk differs from every other in its first bytes.
    private Void put(DiskWriter disk, AtomicLong next, int round) throws IOException {
        byte[] bytes = new byte[CHUNK_BYTES];
        for (long chunk = next.getAndIncrement(); chunk < chunks; chunk = next.getAndIncrement()) {
            System.arraycopy(contents[(int) (chunk % contents.length)], 0, bytes, 0, CHUNK_BYTES);
            ByteBuffer.wrap(bytes).putLong(chunk).putLong(round);
            disk.put(chunk, ByteBuffer.wrap(bytes));
        }
        return null;
    }

    private void restore(Repository repository, String backup) throws IOException {
        long start = System.nanoTime();
        long total = 0;
        BackupReader reader = repository.reader(backup);
        try (RestoreStream stream = reader.disk("vda").stream(new ByteRange(0, (long) chunks * CHUNK_BYTES))) {
            for (Optional<RestoreStream.Data> data = stream.next(); data.isPresent(); data = stream.next()) {
                total += data.get().bytes().remaining();
            }
        }
        if (total != (long) chunks * CHUNK_BYTES) {
            throw new IllegalStateException("restored %d bytes".formatted(total));
        }
        report("restore", chunks, System.nanoTime() - start);
    }

    /// Rate by the clock, and by processor time since the last report, which other programs disturb less.
    private void report(String what, int count, long nanos) {
        double mebibytes = count * (CHUNK_BYTES / 1048576.0);
        Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        double perCore = mebibytes / (cpu.minus(cpuBefore).toNanos() / 1e9);
        cpuBefore = cpu;
        System.out.printf("%-32s %6.0f MiB/s %6.0f MiB/s per busy core%n", what, mebibytes / (nanos / 1e9), perCore);
    }
}
