package org.virtkeep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.virtkeep.api.JobState;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Json;

/// What is measured. Each gives the table of one contest, and leaves the machine as it was.
final class Measures {
    private static final int CHANGES = 256;
    private static final int CHANGE_KIB = 256;
    private static final Duration PUSH_LIMIT = Duration.ofMinutes(5);

    private final Machine machine;
    private final Path program;
    private final int runs;

    /// @param program `bin/virtkeep`
    Measures(Machine machine, Path program, int runs) {
        this.machine = machine;
        this.program = program;
        this.runs = runs;
    }

    /// A running pull, read to null.
    String pull() {
        int job = machine.pull("");
        String table = new Contest("Pull: reading %s of random data to null".formatted(size("vda")))
                .with("nbdcopy on QEMU's own snapshot-access export", () -> nbdcopy(machine.ownExport()))
                .with("nbdcopy on the front-end", () -> nbdcopy(machine.frontEnd()))
                .with(
                        "our reader on the front-end",
                        () -> Cost.of(machine, () -> ExportReader.readAll(machine.socket(), "vda")))
                .run(runs);
        table += "Resident memory of the keeper after that: %s\n\n"
                .formatted(residentMemory(machine.keeper().orElseThrow()));
        machine.end(job);
        return table;
    }

    private Cost nbdcopy(String uri) {
        return Cost.of(machine, () -> machine.run("nbdcopy", uri, "null:"));
    }

    private static String residentMemory(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .map(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024 + " MiB")
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// 64 MiB in pieces all over the disk, from the call of begin to the last byte.
    String incremental() {
        machine.checkpoint("base");
        long stride = Images.info(machine.directory().resolve("vda.qcow2"))
                        .path("virtual-size")
                        .asLong()
                / CHANGES;
        for (long i = 0; i < CHANGES; i++) {
            machine.vm().io("vda", "write -P 0x5a %d %dk".formatted(i * stride, CHANGE_KIB));
        }
        return new Contest("Incremental pull: 64 MiB changed in %s, from begin to the last byte".formatted(size("vda")))
                .with(
                        "full pull, nbdcopy to null",
                        () -> pulled("", () -> machine.run("nbdcopy", machine.frontEnd(), "null:")))
                .with(
                        "incremental pull, our reader",
                        () -> pulled("base", () -> ExportReader.readChanged(machine.socket(), "vda", "backup-vda")))
                .run(runs);
    }

    private Cost pulled(String since, Cost.Work read) {
        var job = new int[1];
        Cost cost = Cost.of(machine, () -> {
            job[0] = machine.pull(since);
            read.run();
        });
        machine.end(job[0]);
        return cost;
    }

    /// The smaller disk to a new qcow2 image, without and with virtkeep.
    String push() {
        return new Contest("Push: %s of random data to a new qcow2 image".formatted(size("vdb")))
                .with("blockdev-backup by hand", this::pushByHand)
                .with("backup-begin, until the job has ended", this::pushByJob)
                .run(runs);
    }

    private Cost pushByHand() {
        Path target = machine.directory().resolve("by-hand.qcow2");
        var monitor = machine.vm().monitor();
        Cost cost = Cost.of(machine, () -> {
            Images.qcow2(target, size("vdb").replace(" MiB", "M"));
            monitor.execute(
                    "blockdev-add",
                    Json.object(
                            "driver",
                            "qcow2",
                            "node-name",
                            "by-hand",
                            "file",
                            Json.object("driver", "file", "filename", target.toString())));
            monitor.execute(
                    "blockdev-backup",
                    Json.object(
                            "job-id",
                            "by-hand",
                            "device",
                            machine.vm().topNode("vdb"),
                            "target",
                            "by-hand",
                            "sync",
                            "full",
                            "auto-dismiss",
                            false));
            Await.until(
                    "the copy",
                    PUSH_LIMIT,
                    () -> monitor.execute("query-jobs").toString().contains("concluded"));
            monitor.execute("job-dismiss", Json.object("id", "by-hand"));
            monitor.execute("blockdev-del", Json.object("node-name", "by-hand"));
        });
        delete(target);
        return cost;
    }

    private Cost pushByJob() {
        Path target = machine.directory().resolve("pushed.qcow2");
        Cost cost = Cost.of(machine, () -> {
            int job = machine.begin(pushXml(target));
            Await.until(
                    "the push",
                    PUSH_LIMIT,
                    () -> machine.domain().backupJob(job).state() != JobState.RUNNING);
        });
        delete(target);
        return cost;
    }

    private static String pushXml(Path target) {
        return ("<domainbackup mode='push'><disks><disk name='vda' backup='no'/><disk name='vdb' type='file'>"
                        + "<driver type='qcow2'/><target file='%s'/></disk></disks></domainbackup>")
                .formatted(target);
    }

    /// Until a pull can be read, as a script and as a Java program see it.
    String begin() throws IOException {
        Path request = Files.writeString(machine.directory().resolve("pull.xml"), machine.pullXml(""));
        return new Contest("Begin: until backup-begin of a pull returns")
                .with("embedded connection", () -> begun(() -> machine.pull("")))
                .with("bin/virtkeep backup-begin", () -> begun(() -> cli("backup-begin", "vm", request.toString())))
                .run(runs);
    }

    private Cost begun(Cost.Work begin) {
        Cost cost = Cost.of(machine, begin);
        machine.domain().runningBackupJobs().forEach(job -> machine.end(job.id()));
        return cost;
    }

    /// The command line by itself.
    String start() {
        return new Contest("Start of the command line")
                .with(
                        "bin/virtkeep --version",
                        () -> Cost.of(machine, () -> machine.run(program.toString(), "--version")))
                .with("bin/virtkeep list --all", () -> Cost.of(machine, () -> cli("list", "--all")))
                .run(runs);
    }

    private void cli(String... arguments) {
        var command = new String[arguments.length + 3];
        command[0] = program.toString();
        command[1] = "-c";
        command[2] = machine.uri();
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        machine.run(command);
    }

    private String size(String disk) {
        long bytes = Images.info(machine.directory().resolve(disk + ".qcow2"))
                .path("virtual-size")
                .asLong();
        return (bytes >> 20) + " MiB";
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
