package org.virtkeep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;

/// How fast a frozen disk is read through the relay, compared with nbdcopy on QEMU's own socket.
///
/// Every contender reads the whole disk once per round, in turn; the medians of all rounds are compared with the first
/// contender. Reading QEMU's own view of a frozen disk is the yardstick although it is not always right: see
/// `docs/decisions/001-reading-a-fleeced-disk.md`.
final class RelayBench {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    private final Path directory;
    private final int rounds;
    private final Map<String, List<String>> contenders = new LinkedHashMap<>();
    private final List<Long> servers = new ArrayList<>();

    /// What one contender needed for one round: time, and processor time of QEMU and the relays.
    private record Cost(double seconds, double serverSeconds) {}

    private RelayBench(Path directory, int rounds) {
        this.directory = directory;
        this.rounds = rounds;
    }

    /// @param arguments size in MiB, rounds
    public static void main(String[] arguments) throws IOException {
        int mebibytes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1024;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 7;
        Path directory = Files.createTempDirectory("relay-bench");
        try {
            new RelayBench(directory, rounds).run(mebibytes);
        } finally {
            delete(directory);
        }
    }

    private void run(int mebibytes) throws IOException {
        Path image = image(mebibytes);
        try (var disk = FrozenDisk.start(directory, image);
                var plain = relay(disk, "plain", "frozen");
                var fleeced = relay(disk, "fleeced", "frozen", "live", "scratch")) {
            servers.add(disk.pid());
            nbdcopy("qemu, its own view of the frozen disk", disk.socket(), "frozen");
            nbdcopy("qemu, the live disk", disk.socket(), "live");
            nbdcopy("relay, qemu's view passed on", directory.resolve("plain"), "vda");
            nbdcopy("relay, the frozen disk put together", directory.resolve("fleeced"), "vda");
            convert("qemu-img convert, qemu's view", disk.socket(), "frozen");
            convert("qemu-img convert, relay, put together", directory.resolve("fleeced"), "vda");
            report(measure(), mebibytes);
            requireAlive(plain);
            requireAlive(fleeced);
        }
    }

    private void nbdcopy(String name, Path socket, String export) {
        contenders.put(name, List.of("nbdcopy", "nbd+unix:///" + export + "?socket=" + socket, "null:"));
    }

    private void convert(String name, Path socket, String export) {
        String uri = "nbd+unix:///" + export + "?socket=" + socket;
        contenders.put(
                name,
                List.of(
                        "qemu-img",
                        "convert",
                        "-n",
                        "--target-image-opts",
                        "-f",
                        "raw",
                        uri,
                        "driver=null-co,size=1T"));
    }

    private Map<String, List<Cost>> measure() {
        var costs = new LinkedHashMap<String, List<Cost>>();
        for (int round = -1; round < rounds; round++) { // the first one warms up
            for (var contender : contenders.entrySet()) {
                double processor = serverSeconds();
                long begin = System.nanoTime();
                Tool.run(contender.getValue());
                var cost = new Cost((System.nanoTime() - begin) / 1e9, serverSeconds() - processor);
                if (round >= 0) {
                    costs.computeIfAbsent(contender.getKey(), _ -> new ArrayList<>())
                            .add(cost);
                }
            }
        }
        return costs;
    }

    private double serverSeconds() {
        return servers.stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .mapToDouble(spent -> spent.toNanos() / 1e9)
                .sum();
    }

    private static void report(Map<String, List<Cost>> costs, int mebibytes) {
        double reference = median(costs.values().iterator().next(), Cost::seconds);
        System.out.printf("%-42s %9s %9s %9s %12s%n", "", "median s", "GiB/s", "speed", "servers' s");
        for (var each : costs.entrySet()) {
            double seconds = median(each.getValue(), Cost::seconds);
            System.out.printf(
                    "%-42s %9.3f %9.2f %9.2f %12.3f%n",
                    each.getKey(),
                    seconds,
                    mebibytes / 1024.0 / seconds,
                    reference / seconds,
                    median(each.getValue(), Cost::serverSeconds));
        }
    }

    private static double median(List<Cost> costs, ToDoubleFunction<Cost> value) {
        double[] sorted = costs.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private ChildProcess relay(FrozenDisk disk, String socket, String... exports) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx192m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RelayProcess.class.getName()));
        command.addAll(
                List.of(disk.socket().toString(), directory.resolve(socket).toString()));
        command.addAll(Arrays.asList(exports));
        var process = ChildProcess.start("relay", command);
        process.awaitLine(0, START_LIMIT, "ready"::equals);
        servers.add(process.pid());
        return process;
    }

    private static void requireAlive(ChildProcess process) {
        if (!process.isAlive()) {
            throw new IllegalStateException("a relay has ended: " + process.tail());
        }
    }

    private Path image(int mebibytes) throws IOException {
        Path raw = directory.resolve("random.raw");
        var random = new SplittableRandom(1);
        byte[] piece = new byte[1 << 20];
        try (var out = FileChannel.open(raw, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(piece);
                out.write(ByteBuffer.wrap(piece));
            }
        }
        Path image = Images.convert(raw, "raw", directory.resolve("disk.qcow2"), "qcow2");
        Files.delete(raw);
        return image;
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            files.forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        Files.delete(directory);
    }
}
