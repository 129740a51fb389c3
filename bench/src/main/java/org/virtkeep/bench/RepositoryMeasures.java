package org.virtkeep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.virtkeep.testkit.Images;

/// Backups into a repository and back, with `bin/virtkeep` as users call it. Nothing of a round is left
/// to the next.
final class RepositoryMeasures {
    private static final int CHANGES = 256;
    private static final int CHANGE_KIB = 256;

    private final Machine machine;
    private final Path program;
    private final int runs;
    private final Path repository;
    private int changed;

    /// @param program `bin/virtkeep`
    RepositoryMeasures(Machine machine, Path program, int runs) {
        this.machine = machine;
        this.program = program;
        this.runs = runs;
        this.repository = machine.directory().resolve("repository");
    }

    /// Full backups, an incremental, a restore.
    String all() {
        return full() + incremental() + restore();
    }

    private String full() {
        return new Contest("Full backup of %s, until it is on the disk".formatted(size()))
                .with("nbdcopy of a pull to a raw file, and fsync", this::nbdcopy)
                .with("virtkeep backup into a new repository", () -> {
                    delete(repository);
                    virtkeep("repo", "init", repository.toString());
                    return Cost.of(machine, () -> virtkeep("backup", "vm", "--disk", "vda", "--full"));
                })
                .with("virtkeep backup --full, of what the repository has", () -> {
                    return Cost.of(machine, () -> virtkeep("backup", "vm", "--disk", "vda", "--full"));
                })
                .run(runs);
    }

    private Cost nbdcopy() {
        Path copy = machine.directory().resolve("copy.raw");
        Cost cost = Cost.of(machine, () -> {
            int job = machine.pull("");
            machine.run("nbdcopy", machine.frontEnd(), copy.toString());
            machine.run("sync", copy.toString());
            machine.end(job);
        });
        delete(copy);
        return cost;
    }

    private String incremental() {
        return new Contest("Incremental backup: 64 MiB changed in %s".formatted(size()))
                .with("virtkeep backup", () -> {
                    change();
                    return Cost.of(machine, () -> virtkeep("backup", "vm", "--disk", "vda"));
                })
                .with(
                        "virtkeep backup, nothing changed",
                        () -> Cost.of(machine, () -> virtkeep("backup", "vm", "--disk", "vda")))
                .run(runs);
    }

    /// Other bytes each time, so that the repository does not have them.
    private void change() {
        long stride = sizeBytes() / CHANGES;
        changed++;
        for (long i = 0; i < CHANGES; i++) {
            int value = (int) (changed * 7L + i) & 0xff;
            machine.vm().io("vda", "write -P 0x%02x %d %dk".formatted(value, i * stride, CHANGE_KIB));
        }
    }

    private String restore() {
        Path raw = machine.directory().resolve("whole.raw");
        Path folder = machine.directory().resolve("restored");
        virtkeep("restore", "vm", "--to", raw.toString(), "--format", "raw");
        String table = new Contest("Restore of %s to qcow2, until it is on the disk".formatted(size()))
                .with("qemu-img convert of a raw copy, and fsync", () -> {
                    Path copy = machine.directory().resolve("copy.qcow2");
                    Cost cost = Cost.of(machine, () -> {
                        machine.run(
                                "qemu-img",
                                "convert",
                                "-O",
                                "qcow2",
                                raw.resolve("vda.raw").toString(),
                                copy.toString());
                        machine.run("sync", copy.toString());
                    });
                    delete(copy);
                    return cost;
                })
                .with("virtkeep restore", () -> {
                    Cost cost = Cost.of(machine, () -> virtkeep("restore", "vm", "--to", folder.toString()));
                    delete(folder);
                    return cost;
                })
                .run(runs);
        delete(raw);
        return table;
    }

    private void virtkeep(String... words) {
        var command = new ArrayList<>(
                List.of("env", "VIRTKEEP_STATE=" + machine.directory().resolve("state")));
        command.addAll(List.of("VIRTKEEP_REPO=" + repository, program.toString(), "-c", machine.uri()));
        command.addAll(List.of(words));
        machine.run(command.toArray(String[]::new));
    }

    private long sizeBytes() {
        return Images.info(machine.directory().resolve("vda.qcow2"))
                .path("virtual-size")
                .asLong();
    }

    private String size() {
        return sizeBytes() / (1 << 20) + " MiB of random data";
    }

    private static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
