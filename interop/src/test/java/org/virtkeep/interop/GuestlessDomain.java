package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Geometry;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Monitor;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.WriterDisk;

/// A running domain `vm` of virtkeepd, defined and started by virsh, that has disks and no guest: the
/// test writes in its place, through the device, over a monitor of its own.
final class GuestlessDomain implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final Monitor monitor;

    private GuestlessDomain(Path folder, Monitor monitor) {
        this.folder = folder;
        this.monitor = monitor;
    }

    /// @param folder where new images `vda.qcow2`, … of `size` are made
    /// @param disks how many
    static GuestlessDomain start(Virtkeepd daemon, Path folder, int disks, String size) throws IOException {
        var devices = new ArrayList<String>();
        for (int i = 0; i < disks; i++) {
            String target = "vd" + (char) ('a' + i);
            devices.add(Requests.disk(target, Images.qcow2(folder.resolve(target + ".qcow2"), size), "qcow2"));
        }
        run(daemon, "define", new Requests(folder).domain("vm", devices.toArray(String[]::new)));
        run(daemon, "start", "vm");
        Path domain = daemon.root().resolve("domains/vm");
        String socket = Json.parse(Files.readString(domain.resolve("live.json")))
                .path("monitors")
                .path(1) // the one that virtkeep takes last
                .asText();
        return new GuestlessDomain(folder, Monitor.connect(Path.of(socket)));
    }

    /// Runs virsh, which succeeds.
    ///
    /// @return standard output
    static String run(Virtkeepd daemon, String... arguments) {
        Virsh.Result result = daemon.virsh().run(arguments);
        assertThat(result.exitCode())
                .as("%s: %s", List.of(arguments), result.err())
                .isZero();
        return result.out();
    }

    /// One command of qemu-io, as a guest would do it.
    void io(String disk, String command) {
        assertThat(monitor.human("qemu-io -d /machine/peripheral/%s/virtio-backend \"%s\"".formatted(disk, command)))
                .as(command)
                .isBlank();
    }

    /// The writer of a sequence over `regionBytes` of each of these disks.
    SequenceWriter writer(long seed, long regionBytes, String... disks) {
        var targets = new ArrayList<WriterDisk>();
        for (String disk : disks) {
            targets.add(new Disk(disk, folder.resolve("record-" + disk)));
        }
        return SequenceWriter.fresh(Geometry.of(seed, disks.length, regionBytes), targets.toArray(WriterDisk[]::new));
    }

    /// Asks QEMU itself whether it lives and runs.
    String status() {
        return monitor.execute("query-status").path("status").asText();
    }

    /// Holds the backups that run, or lets them go on.
    void hold(boolean held) {
        for (JsonNode job : monitor.execute("query-block-jobs")) {
            if (!held || job.path("status").asText().equals("running")) {
                try {
                    monitor.execute(
                            held ? "job-pause" : "job-resume",
                            Json.object("id", job.path("device").asText()));
                } catch (Monitor.Refused _) {
                    // it has just ended, or is not held
                }
            }
        }
    }

    /// Whether a backup is there that does not go on.
    boolean isHeld() {
        for (JsonNode job : monitor.execute("query-block-jobs")) {
            if (job.path("status").asText().equals("paused")) {
                return true;
            }
        }
        return false;
    }

    /// Waits until no block job is left.
    void awaitNoJobs() {
        Await.until("the block jobs to end", LIMIT, () -> {
            hold(false); // one that was about to be held
            return monitor.execute("query-block-jobs").isEmpty();
        });
    }

    @Override
    public void close() {
        monitor.close();
    }

    private final class Disk implements WriterDisk {
        private final String name;
        private final Path record;

        private Disk(String name, Path record) {
            this.name = name;
            this.record = record;
        }

        @Override
        public void write(long offset, byte[] bytes) throws IOException {
            Files.write(record, bytes);
            io(name, "write -f -s %s %d %d".formatted(record, offset, bytes.length));
        }

        @Override
        public void zero(long offset, int lengthBytes) {
            io(name, "write -z -u -f %d %d".formatted(offset, lengthBytes));
        }

        @Override
        public void discard(long offset, int lengthBytes) {
            io(name, "discard %d %d".formatted(offset, lengthBytes));
        }
    }
}
