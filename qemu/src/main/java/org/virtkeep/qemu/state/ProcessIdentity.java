package org.virtkeep.qemu.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// One process of this host for all time: a process id that was used again, by a later process or after a
/// reboot, is another identity. Immutable.
///
/// @param startTicks when it started, in clock ticks since boot (field 22 of `/proc/PID/stat`)
/// @param bootId     of the boot it belongs to (`/proc/sys/kernel/random/boot_id`)
public record ProcessIdentity(long pid, long startTicks, String bootId) {
    private static final Path PROC = Path.of("/proc");
    private static final Path BOOT_ID = PROC.resolve("sys/kernel/random/boot_id");

    /// The process that has the id now; empty if none has, or only a zombie.
    public static Optional<ProcessIdentity> of(long pid) {
        try {
            return Stat.of(pid)
                    .filter(stat -> !stat.isDead())
                    .map(stat -> new ProcessIdentity(pid, stat.startTicks, Boot.ID));
        } catch (IOException _) {
            return Optional.empty(); // vanished while we looked
        }
    }

    public static ProcessIdentity ofThisProcess() {
        return of(ProcessHandle.current().pid())
                .orElseThrow(() -> new IllegalStateException("/proc does not show this process"));
    }

    /// True if exactly this process exists and is not a zombie; false says that its files are closed.
    public boolean isAlive() {
        return stat().isPresent();
    }

    /// True if exactly this process exists, and is neither a zombie nor stopped.
    public boolean isWorking() {
        return stat().filter(stat -> !stat.isStopped()).isPresent();
    }

    /// True if the process exists and is stopped, as by SIGSTOP.
    public boolean isStopped() {
        return stat().filter(Stat::isStopped).isPresent();
    }

    /// How exactly this process is; empty if it is gone, or only a zombie.
    private Optional<Stat> stat() {
        try {
            return Stat.of(pid)
                    .filter(stat -> !stat.isDead() && stat.startTicks == startTicks && bootId.equals(Boot.ID));
        } catch (IOException _) {
            return Optional.empty(); // vanished while we looked
        }
    }

    public ObjectNode toJson() {
        return Json.object().put("pid", pid).put("startTicks", startTicks).put("bootId", bootId);
    }

    public static ProcessIdentity fromJson(JsonNode node) throws IOException {
        return new ProcessIdentity(
                Json.number(node, "pid"), Json.number(node, "startTicks"), Json.text(node, "bootId"));
    }

    /// Of the boot that this process belongs to, which it does not outlive.
    private static final class Boot {
        private static final String ID = read();

        private static String read() {
            try {
                return Files.readString(BOOT_ID).strip();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("cannot read " + BOOT_ID, e);
            }
        }
    }

    private record Stat(char state, int threads, long startTicks) {
        private static final int STATE = 0;
        private static final int THREADS = 17;
        private static final int START_TICKS = 19;

        /// Fields are counted after the command name, which may hold blanks and brackets itself.
        static Optional<Stat> of(long pid) throws IOException {
            Path file = PROC.resolve(Long.toString(pid)).resolve("stat");
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            var line = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ");
            return fields.length <= START_TICKS
                    ? Optional.empty()
                    : Optional.of(new Stat(
                            fields[STATE].charAt(0),
                            Integer.parseInt(fields[THREADS]),
                            Long.parseLong(fields[START_TICKS])));
        }

        boolean isStopped() {
            return state == 'T' || state == 't';
        }

        /// While a process is being killed its first thread may be a zombie already and the others still hold its
        /// files, with their locks.
        boolean isDead() {
            return (state == 'Z' && threads <= 1) || state == 'X';
        }
    }
}
