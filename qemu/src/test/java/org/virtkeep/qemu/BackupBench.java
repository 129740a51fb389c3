package org.virtkeep.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.qmp.HumanMonitorCommand;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Geometry;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.WriterDisk;

/// What tests of backups do again and again on a [TestDomain]: write like a guest, begin, wait, pull.
final class BackupBench implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TestDomain vm;
    private Optional<QmpMonitor> load = Optional.empty();
    private Optional<Geometry> geometry = Optional.empty();
    private Optional<SequenceWriter> writer = Optional.empty();

    BackupBench(TestDomain vm) {
        this.vm = vm;
    }

    Domain domain() {
        return vm.domain();
    }

    /// Begins the judged sequence of writes on disks, each as its guest would write: through the device.
    SequenceWriter writeTo(String... disks) {
        load = Optional.of(vm.monitor());
        WriterDisk[] targets = Stream.of(disks).map(this::throughDevice).toArray(WriterDisk[]::new);
        geometry = Optional.of(Geometry.of(7, disks.length, 48L << 20));
        SequenceWriter started = SequenceWriter.fresh(geometry.get(), targets);
        writer = Optional.of(started);
        return started;
    }

    /// Goes on with the sequence after the domain was started anew.
    SequenceWriter resumeOn(String... disks) {
        long last = writer.orElseThrow().sequence();
        close();
        load = Optional.of(vm.monitor());
        WriterDisk[] targets = Stream.of(disks).map(this::throughDevice).toArray(WriterDisk[]::new);
        SequenceWriter resumed = SequenceWriter.resume(geometry.orElseThrow(), last, targets);
        writer = Optional.of(resumed);
        return resumed;
    }

    private WriterDisk throughDevice(String disk) {
        Path record = vm.directory().resolve("record-" + disk);
        String qdev = vm.run().devices().get(disk).qdev();
        return new WriterDisk() {
            @Override
            public void write(long offset, byte[] bytes) throws IOException {
                Files.write(record, bytes);
                io(qdev, "write -f -s %s %d %d".formatted(record, offset, bytes.length));
            }

            @Override
            public void zero(long offset, int lengthBytes) throws IOException {
                io(qdev, "write -z -u -f %d %d".formatted(offset, lengthBytes));
            }

            @Override
            public void discard(long offset, int lengthBytes) throws IOException {
                io(qdev, "discard %d %d".formatted(offset, lengthBytes));
            }
        };
    }

    /// Does what a guest would do while the sequence is being written.
    void write(String disk, String command) {
        try {
            io(vm.run().devices().get(disk).qdev(), command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void io(String qdev, String command) throws IOException {
        load.orElseThrow()
                .execute(new HumanMonitorCommand("qemu-io -d %s \"%s\"".formatted(qdev, command)), Deadline.in(LIMIT));
    }

    int push(String since, String checkpoint, String suffix, BackupBeginFlag... flags) {
        var disks = new StringBuilder();
        for (var disk : domain().blockDevices()) {
            disks.append("<disk name='%s' type='file'><driver type='qcow2'/><target file='%s'/></disk>"
                    .formatted(disk.target(), target(disk.target(), suffix)));
        }
        return begin(
                "<domainbackup mode='push'>%s<disks>%s</disks></domainbackup>".formatted(incremental(since), disks),
                checkpoint,
                flags);
    }

    /// Where [#push] puts a disk.
    Path target(String disk, String suffix) {
        return vm.directory().resolve(disk + "." + suffix);
    }

    int pull(String since, String checkpoint, BackupBeginFlag... flags) {
        return begin(
                "<domainbackup mode='pull'>%s<server transport='unix' socket='%s'/></domainbackup>"
                        .formatted(incremental(since), socket()),
                checkpoint,
                flags);
    }

    /// A pull beside others, with scratch and socket of its own: see [#socket(String)].
    int pullAs(String name, String since, String checkpoint, BackupBeginFlag... flags) {
        var disks = new StringBuilder();
        for (var disk : domain().blockDevices()) {
            disks.append("<disk name='%s' type='file'><scratch file='%s'/></disk>"
                    .formatted(disk.target(), vm.directory().resolve(disk.target() + ".scratch-" + name)));
        }
        return begin(
                "<domainbackup mode='pull'>%s<server transport='unix' socket='%s'/><disks>%s</disks></domainbackup>"
                        .formatted(incremental(since), socket(name), disks),
                checkpoint,
                flags);
    }

    /// Where [#pullAs] serves.
    Path socket(String name) {
        return vm.directory().resolve(name + ".sock");
    }

    /// Where [#pull] serves.
    Path socket() {
        return vm.directory().resolve("pull.sock");
    }

    int begin(String xml, String checkpoint, BackupBeginFlag... flags) {
        return domain().backupBegin(BackupXml.read(xml), named(checkpoint), Set.of(flags));
    }

    private static String incremental(String since) {
        return since.isEmpty() ? "" : "<incremental>" + since + "</incremental>";
    }

    private static Optional<CheckpointDefinition> named(String checkpoint) {
        return checkpoint.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        CheckpointXml.read("<domaincheckpoint><name>" + checkpoint + "</name></domaincheckpoint>"));
    }

    /// Waits until a push has ended.
    BackupJob await(int id) {
        Await.until(
                "job " + id + " has ended",
                LIMIT,
                () -> domain().backupJob(id).state().hasEnded());
        return domain().backupJob(id);
    }

    /// Waits until a push is complete.
    void requireCompleted(int id) {
        BackupJob job = await(id);
        if (job.state() != JobState.COMPLETED) {
            throw new AssertionError("job %d is %s: %s".formatted(id, job.state(), job.error()));
        }
    }

    /// Everything that an export holds, read by nbdcopy.
    Path copy(String export, String name) {
        return copy(socket(), export, name);
    }

    Path copy(Path server, String export, String name) {
        Path copy = vm.directory().resolve(name);
        Shell.run("nbdcopy", "nbd+unix:///" + export + "?socket=" + server, copy.toString());
        return copy;
    }

    /// The next restore point of a disk: the one before, with what the export's bitmap says has changed.
    Path patched(String export, Path before, String name) {
        return patched(socket(), export, before, name);
    }

    Path patched(Path server, String export, Path before, String name) {
        Path copy = vm.directory().resolve(name);
        try {
            Files.copy(before, copy);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        ChangedBlocks.apply(server, export, "backup-" + export, copy);
        return copy;
    }

    @Override
    public void close() {
        writer.ifPresent(SequenceWriter::close);
        load.ifPresent(QmpMonitor::close);
    }
}
