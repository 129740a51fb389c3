package org.virtkeep.qemu.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.api.HostInfo;

/// Reads the host's processors and memory from `/proc` and `/sys`. Stateless.
public final class HostFacts {
    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu");
    private static final Path NODES = Path.of("/sys/devices/system/node");
    private static final long BYTES_PER_KIB = 1024;

    private HostFacts() {}

    /// What the kernel tells now.
    public static HostInfo read() {
        String memory = text(Path.of("/proc/meminfo")).orElse("");
        int online = Runtime.getRuntime().availableProcessors();
        Topology topology = topology(online);
        return new HostInfo(
                architecture(),
                field(memory, "MemTotal").orElse(0L),
                topology.cpus(),
                megahertz(),
                topology.nodes,
                topology.sockets,
                topology.cores,
                topology.threads,
                field(memory, "MemFree").orElse(0L) * BYTES_PER_KIB);
    }

    /// In libvirt's spelling, which is the kernel's.
    static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private record Topology(int nodes, int sockets, int cores, int threads) {
        int cpus() {
            return nodes * sockets * cores * threads;
        }
    }

    private record Core(String socket, String core) {}

    /// As libvirt: where the processors cannot be arranged evenly, they count as cores of one socket.
    private static Topology topology(int online) {
        Set<String> sockets = new HashSet<>();
        Set<Core> cores = new HashSet<>();
        int cpus = 0;
        for (Path folder : numbered(PROCESSORS, "cpu")) {
            Optional<String> socket =
                    text(folder.resolve("topology/physical_package_id")).map(String::strip);
            Optional<String> core = text(folder.resolve("topology/core_id")).map(String::strip);
            if (socket.isPresent() && core.isPresent()) {
                cpus++;
                sockets.add(socket.get());
                cores.add(new Core(socket.get(), core.get()));
            }
        }
        int nodes = Math.max(1, numbered(NODES, "node").size());
        boolean even = cpus > 0
                && sockets.size() % nodes == 0
                && cores.size() % sockets.size() == 0
                && cpus % cores.size() == 0;
        return even
                ? new Topology(nodes, sockets.size() / nodes, cores.size() / sockets.size(), cpus / cores.size())
                : new Topology(1, 1, Math.max(cpus, online), 1);
    }

    private static List<Path> numbered(Path folder, String prefix) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> entry.getFileName().toString().matches(prefix + "[0-9]+"))
                    .toList();
        } catch (IOException _) {
            return List.of(); // a kernel without it
        }
    }

    private static int megahertz() {
        return text(Path.of("/proc/cpuinfo")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("cpu MHz"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .mapToInt(number -> (int) Double.parseDouble(number))
                .findFirst()
                .orElse(0);
    }

    private static Optional<Long> field(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> Long.parseLong(line.split("\\s+")[1]))
                .findFirst();
    }

    static Optional<String> text(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException _) {
            return Optional.empty(); // a kernel without it
        }
    }
}
