package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.qemu.state.FileOperations;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.QueryStatus;
import org.virtkeep.qmp.RunState;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.BlockState;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.Monitor;
import org.virtkeep.testkit.TinyTmpfs;

/// What tests of backups that fail have in common: a guest that writes, a full backup to go on from, and the checks
/// that a failed backup has done no harm. Not thread-safe.
final class GuestFirst implements AutoCloseable {
    private static final int RECORDS_BEFORE = 1000;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration GREETING_LIMIT = Duration.ofSeconds(3);
    private static final String BASE = "base";

    private final GuestDomain guest;
    private final BackupBench bench;
    private BlockState before;
    private int backups;

    private GuestFirst(GuestDomain guest) {
        this.guest = guest;
        this.bench = new BackupBench(guest.vm());
    }

    /// Boots the guest, lets it write, and takes a full backup.
    static GuestFirst boot(GuestDomain.Builder builder) {
        var first = new GuestFirst(builder.start());
        try {
            first.guest.awaitWrites(RECORDS_BEFORE);
            first.bench.requireCompleted(first.bench.push("", BASE, BASE));
            return first;
        } catch (RuntimeException | Error e) {
            first.close();
            throw e;
        }
    }

    GuestDomain guest() {
        return guest;
    }

    BackupBench bench() {
        return bench;
    }

    /// Notes how QEMU's block layer is now.
    void remember() {
        before = look(BlockState::capture);
    }

    /// Begins an incremental pull whose scratch images are in `scratch`.
    int pull(Path scratch) {
        return bench.begin(pullXml(scratch, bench.socket()), "");
    }

    /// The same at another address, beside one that runs.
    int pullBeside(Path scratch, String name) {
        return bench.begin(pullXml(scratch, bench.socket(name)), "");
    }

    /// The same with a new checkpoint, by a caller whose files behave as `files` says.
    int pull(Path scratch, FileOperations files, String checkpoint) {
        var definition =
                CheckpointXml.read("<domaincheckpoint><name>%s</name></domaincheckpoint>".formatted(checkpoint));
        return guest.domainWith(BackupSettings.DEFAULT, files)
                .backupBegin(BackupXml.read(pullXml(scratch, bench.socket())), Optional.of(definition), Set.of());
    }

    private String pullXml(Path scratch, Path socket) {
        return """
                <domainbackup mode='pull'>
                  <incremental>base</incremental>
                  <server transport='unix' socket='%s'/>
                  <disks>%s</disks>
                </domainbackup>
                """.formatted(socket, disks(disk -> "<scratch file='%s'/>".formatted(scratch.resolve(disk))));
    }

    /// Begins a full push of qcow2 images into `folder`.
    int push(Path folder, PushPath path) {
        return push(_ -> folder, path);
    }

    /// Begins a full push of qcow2 images, each disk into a folder of its own.
    int push(Function<String, Path> folders, PushPath path) {
        String xml = "<domainbackup mode='push'><disks>%s</disks></domainbackup>"
                .formatted(disks(disk -> "<driver type='qcow2'/><target file='%s'/>"
                        .formatted(folders.apply(disk).resolve(disk))));
        return guest.domainWith(new BackupSettings(Duration.ZERO, path))
                .backupBegin(BackupXml.read(xml), Optional.empty(), Set.of());
    }

    private String disks(Function<String, String> content) {
        return guest.domain().blockDevices().stream()
                .map(disk ->
                        "<disk name='%s' type='file'>%s</disk>".formatted(disk.target(), content.apply(disk.target())))
                .collect(Collectors.joining());
    }

    /// Waits until QEMU has paused the guest because a write failed. Opens no session, which would free it.
    void awaitPausedByError() {
        await(
                "a guest paused by an error",
                monitor -> monitor.execute(new QueryStatus(), Deadline.in(LIMIT))
                        .state()
                        .equals(RunState.IO_ERROR));
    }

    /// Waits until QEMU has no block job. Opens no session.
    void awaitNoBlockJobs() {
        await(
                "the end of all block jobs",
                monitor -> monitor.execute(new QueryJobs(), Deadline.in(LIMIT)).isEmpty());
    }

    @FunctionalInterface
    private interface Question {
        boolean ask(QmpMonitor monitor) throws QmpException;
    }

    /// Asks through a monitor that no keeper has.
    private void await(String what, Question question) {
        try (QmpMonitor monitor = freeMonitor()) {
            Await.until(what, GuestDomain.WRITE_LIMIT, () -> question.ask(monitor));
        } catch (QmpException e) {
            throw new UncheckedIOException(e);
        }
    }

    private QmpMonitor freeMonitor() throws QmpException {
        while (true) {
            for (Path socket : guest.vm().run().watchMonitors().reversed()) {
                try {
                    return QmpConnection.connect(socket, Deadline.in(GREETING_LIMIT));
                } catch (QmpException.TimedOut _) {
                    // a keeper has it; the next one is tried then
                }
            }
        }
    }

    /// The job fails for the right reason, its guest notices nothing, nothing of it is left, and the next backup is
    /// right.
    void requireFailedWithoutHarm(int id, String reason) {
        BackupJob job = bench.await(id);
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.error().orElseThrow()).contains(reason);
        assertRefused(ErrorCode.OPERATION_FAILED, () -> guest.domain().backupEnd(id, Set.of()))
                .hasMessageContaining(reason);
        requireNoHarm();
    }

    /// The guest noticed nothing, nothing of the job is left, and the next backup is right.
    void requireNoHarm() {
        guest.requireUnharmed();
        look(monitor -> {
            before.requireUnchanged(monitor);
            return true;
        });
        assertThat(Files.exists(bench.socket())).isFalse();
        requireNextBackupRight();
    }

    private void requireNextBackupRight() {
        String suffix = "next" + ++backups;
        bench.requireCompleted(bench.push(BASE, "", suffix));
        Judge.requireRight(restored("vda", suffix), restored("vdb", suffix));
    }

    private Path restored(String disk, String suffix) {
        Path layer = bench.target(disk, suffix);
        Shell.run(
                "qemu-img",
                "rebase",
                "-u",
                "-F",
                "qcow2",
                "-b",
                bench.target(disk, BASE).toString(),
                layer.toString());
        return Images.convert(layer, "qcow2", layer.resolveSibling(disk + "." + suffix + ".raw"), "raw");
    }

    /// Asks QEMU while no job runs, without recovering anything.
    private <R> R look(Function<Monitor, R> question) {
        try (Monitor monitor = Monitor.connect(guest.vm().run().watchMonitors().getLast())) {
            return question.apply(monitor);
        }
    }

    /// Requires that a folder is empty but for these files.
    static void requireOnly(Path folder, String... names) {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(List.of(names));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Takes every byte of a file system while others write there too; the file's name is `filler`.
    static void fill(TinyTmpfs fileSystem) {
        try (var filler =
                new FileOutputStream(fileSystem.folder().resolve("filler").toFile())) {
            byte[] block = new byte[1 << 20];
            while (true) {
                filler.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    /// Ends what a test that failed has left, so that the next one begins as the first did.
    void cleanUp() {
        guest.domain().backupJobs().stream()
                .filter(job -> !job.state().hasEnded())
                .forEach(job -> guest.domain().backupEnd(job.id(), Set.of(BackupEndFlag.ABORT)));
        if (guest.domain().state() == DomainState.PAUSED) {
            guest.domain().resume();
        }
    }

    @Override
    public void close() {
        bench.close();
        guest.close();
    }
}
