package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;

/// A domain with two disks, and beside it images that hold what the disks must hold.
final class SnapshotBench implements AutoCloseable {
    static final List<String> DISKS = List.of("vda", "vdb");

    private final TestDomain vm;
    private int written;
    private int pushes;

    SnapshotBench(Path directory) {
        this(TestDomain.in(directory).disks(DISKS.size()).start());
    }

    SnapshotBench(TestDomain vm) {
        this.vm = vm;
        DISKS.forEach(disk -> Images.qcow2(expected(disk), "64M"));
    }

    TestDomain vm() {
        return vm;
    }

    Domain domain() {
        return vm.domain();
    }

    private Path expected(String disk) {
        return vm.directory().resolve(disk + ".expected");
    }

    /// Something new on each disk, at a place that changes.
    void write() {
        written++;
        String command = "write -P %d %dk 128k".formatted(1 + written % 200, 96 * written);
        for (String disk : DISKS) {
            vm.write(disk, command);
            vm.write(disk, "flush");
            Images.io(expected(disk), "qcow2", command);
        }
    }

    static SnapshotDefinition snapshot(String name) {
        return SnapshotXml.read("<domainsnapshot><name>" + name + "</name></domainsnapshot>");
    }

    static Optional<CheckpointDefinition> checkpoint(String name) {
        return Optional.of(CheckpointXml.read("<domaincheckpoint><name>" + name + "</name></domaincheckpoint>"));
    }

    Snapshot take(String name) {
        return domain().snapshotCreate(snapshot(name), Optional.empty(), Set.of(SnapshotCreateFlag.DISK_ONLY));
    }

    Snapshot take(String name, String checkpoint) {
        return domain().snapshotCreate(snapshot(name), checkpoint(checkpoint), Set.of(SnapshotCreateFlag.DISK_ONLY));
    }

    void createCheckpoint(String name) {
        domain().checkpointCreate(checkpoint(name).orElseThrow(), Set.of());
    }

    List<String> snapshots() {
        return domain().snapshots().stream().map(Snapshot::name).toList();
    }

    List<String> checkpoints() {
        return domain().checkpoints().stream().map(each -> each.name()).toList();
    }

    /// The image that a disk is on, as the domain's XML says.
    Path active(String disk) {
        return domain().blockDevices().stream()
                .filter(device -> device.target().equals(disk))
                .map(device -> Path.of(device.source().orElseThrow()))
                .findFirst()
                .orElseThrow();
    }

    /// The disks hold what was written, as far as it is in the images.
    void requireContent() {
        DISKS.forEach(disk -> Images.requireSame(active(disk), "qcow2", expected(disk), "qcow2"));
    }

    /// The names of the images in the chain of a disk, the active one first.
    List<String> chain(String disk) {
        var names = new ArrayList<String>();
        Path image = active(disk);
        while (image != null) {
            names.add(image.getFileName().toString());
            String below = Images.info(image).path("full-backing-filename").asText();
            image = below.isEmpty() ? null : Path.of(below);
        }
        return names;
    }

    /// Files with images that are in no disk's chain and are none of ours.
    List<String> strayImages() {
        List<String> known = new ArrayList<>();
        DISKS.forEach(disk -> known.addAll(chain(disk)));
        try (Stream<Path> files = Files.list(vm.directory())) {
            return files.filter(Files::isRegularFile)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("vd") && !name.contains("expected") && !name.contains("push"))
                    .filter(name -> !known.contains(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A push, full or incremental, that has completed; its targets are layers as qemu-img makes them.
    String push(String since) {
        String suffix = "push" + pushes++;
        int id = domain().backupBegin(
                        BackupXml.read(DoomedCommand.pushXml(vm.directory(), suffix, since)),
                        Optional.empty(),
                        Set.of());
        Await.until(
                "the push has ended",
                java.time.Duration.ofSeconds(60),
                () -> domain().backupJob(id).state().hasEnded());
        assertThat(domain().backupJob(id).state())
                .as("%s", domain().backupJob(id).error())
                .isEqualTo(JobState.COMPLETED);
        return suffix;
    }

    Path target(String disk, String suffix) {
        return vm.directory().resolve(disk + "." + suffix);
    }

    /// An incremental on the one before it is what the disks hold now.
    void requireRestores(String suffix, String below) {
        for (String disk : DISKS) {
            String base = target(disk, below).toString();
            Shell.run(
                    "qemu-img",
                    "rebase",
                    "-u",
                    "-F",
                    "qcow2",
                    "-b",
                    base,
                    target(disk, suffix).toString());
            Images.requireSame(target(disk, suffix), "qcow2", expected(disk), "qcow2");
        }
    }

    long allocated(String disk, String suffix) {
        return Images.info(target(disk, suffix)).path("actual-size").asLong();
    }

    @Override
    public void close() {
        vm.close();
    }
}
