package org.virtkeep.qemu.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.qemu.state.ProcessIdentity;

/// Finds out which process listens on a unix socket, from `/proc`. Stateless.
public final class SocketOwner {
    private static final Path PROC = Path.of("/proc");
    private static final Path SOCKETS = PROC.resolve("net/unix");
    private static final int FLAGS = 3;
    private static final int INODE = 6;
    private static final int PATH = 7;
    private static final String LISTENING = "00010000";

    private SocketOwner() {}

    /// The process that listens on `socket`. Empty if it cannot be told: nobody does, several do, or we may
    /// not look into the process.
    public static Optional<ProcessIdentity> find(Path socket) {
        try {
            Set<String> links = listeners(socket);
            try (Stream<Path> entries = Files.list(PROC)) {
                var owners = entries.filter(
                                entry -> entry.getFileName().toString().matches("\\d+"))
                        .filter(process -> hasOpen(process, links))
                        .map(process -> Long.parseLong(process.getFileName().toString()))
                        .toList();
                return owners.size() == 1 ? ProcessIdentity.of(owners.getFirst()) : Optional.empty();
            }
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// The working directory of a process, if we may know.
    public static Optional<Path> workingDirectory(ProcessIdentity process) {
        try {
            return Optional.of(Files.readSymbolicLink(
                    PROC.resolve(Long.toString(process.pid())).resolve("cwd")));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// What the descriptors of a listener look like in `/proc/PID/fd`.
    private static Set<String> listeners(Path socket) throws IOException {
        var links = new HashSet<String>();
        for (String line : Files.readString(SOCKETS, StandardCharsets.UTF_8).split("\n")) {
            String[] fields = line.strip().split(" +", PATH + 1);
            if (fields.length > PATH && fields[PATH].equals(socket.toString()) && fields[FLAGS].equals(LISTENING)) {
                links.add("socket:[" + fields[INODE] + "]");
            }
        }
        return links;
    }

    private static boolean hasOpen(Path process, Set<String> links) {
        if (links.isEmpty()) {
            return false;
        }
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            return descriptors.anyMatch(descriptor -> pointsTo(descriptor, links));
        } catch (IOException | java.io.UncheckedIOException _) {
            return false; // gone, or not ours to see
        }
    }

    private static boolean pointsTo(Path descriptor, Set<String> links) {
        try {
            return links.contains(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException _) {
            return false;
        }
    }
}
