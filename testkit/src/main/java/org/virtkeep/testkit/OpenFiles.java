package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What a process has open: regular files, and sockets that it listens on. Connections do not count. Reads
/// `/proc`, so it knows Linux only.
///
/// @param paths of files, once for each time they are open, sorted
/// @param listening `unix PATH` and `tcp PORT`, sorted
public record OpenFiles(List<String> paths, List<String> listening) {

    private static final String SOCKET = "socket:[";
    private static final String LISTENING_UNIX = "00010000"; // __SO_ACCEPTCON, column Flags of /proc/net/unix
    private static final String LISTENING_TCP = "0A"; // TCP_LISTEN, column st of /proc/net/tcp

    public static OpenFiles of(long pid) {
        List<String> targets = targets(Path.of("/proc", Long.toString(pid), "fd"));
        Map<String, String> listeners = listeners();
        var listening = new ArrayList<String>();
        for (String target : targets) {
            Optional.of(target)
                    .filter(name -> name.startsWith(SOCKET))
                    .map(name -> listeners.get(name.substring(SOCKET.length(), name.length() - 1)))
                    .ifPresent(listening::add);
        }
        List<String> paths = targets.stream()
                .filter(target -> target.startsWith("/") && !target.startsWith("/dev/") && !target.startsWith("/proc/"))
                .sorted()
                .toList();
        return new OpenFiles(paths, listening.stream().sorted().toList());
    }

    /// Throws [AssertionError] unless the process has open what it had at `this`.
    public void requireUnchanged(long pid) {
        OpenFiles now = of(pid);
        if (!equals(now)) {
            throw new AssertionError("process %d has open %s, and had %s".formatted(pid, now, this));
        }
    }

    /// A descriptor may be closed while we look.
    static List<String> targets(Path descriptors) {
        var targets = new ArrayList<String>();
        try (Stream<Path> links = Files.list(descriptors)) {
            for (Path link : links.toList()) {
                try {
                    targets.add(Files.readSymbolicLink(link).toString());
                } catch (NoSuchFileException _) {
                    continue;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return targets;
    }

    /// All sockets of this host that something listens on: name by inode.
    private static Map<String, String> listeners() {
        var names = new HashMap<String, String>();
        for (String[] field : rows("/proc/net/unix")) {
            if (field[3].equals(LISTENING_UNIX) && field.length > 7) {
                names.put(field[6], "unix " + field[7]);
            }
        }
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String[] field : rows(table)) {
                if (field[3].equals(LISTENING_TCP)) {
                    String port = field[1].substring(field[1].lastIndexOf(':') + 1);
                    names.put(field[9], "tcp " + Integer.parseInt(port, 16));
                }
            }
        }
        return names;
    }

    private static List<String[]> rows(String table) {
        Path file = Path.of(table);
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.skip(1).map(line -> line.strip().split("\\s+")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
