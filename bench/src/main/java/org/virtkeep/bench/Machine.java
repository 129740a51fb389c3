package org.virtkeep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.api.Domain;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.VmDisk;

/// A QEMU without a guest that virtkeep is attached to, with two qcow2 disks full of random data: `vda`, and the
/// smaller `vdb`. Everything is in one folder.
final class Machine implements AutoCloseable {
    private static final int SEED = 20;
    private static final int PIECE_BYTES = 1 << 20;

    private final Path directory;
    private final HaltVm vm;
    private final Connection connection;

    private Machine(Path directory, HaltVm vm, Connection connection) {
        this.directory = directory;
        this.vm = vm;
        this.connection = connection;
    }

    static Machine start(Path directory, long largeMib, long smallMib) {
        var vda = VmDisk.qcow2("vda", random(directory, "vda", largeMib));
        var vdb = VmDisk.qcow2("vdb", random(directory, "vdb", smallMib));
        HaltVm vm = HaltVm.in(directory).monitors(3).disks(vda, vdb).start();
        Connection connection = Connections.open(uri(directory));
        connection.attach("vm", vm.monitorSockets());
        return new Machine(directory, vm, connection);
    }

    private static String uri(Path directory) {
        return "qemu:///embed?root=" + directory.resolve("root");
    }

    private static Path random(Path directory, String name, long mib) {
        Path raw = directory.resolve(name + ".raw");
        try (var out = Files.newOutputStream(raw)) {
            var random = new Random(SEED);
            var piece = new byte[PIECE_BYTES];
            for (long i = 0; i < mib; i++) {
                random.nextBytes(piece);
                out.write(piece);
            }
            Path image = Images.convert(raw, "raw", directory.resolve(name + ".qcow2"), "qcow2");
            Files.delete(raw);
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory() {
        return directory;
    }

    String uri() {
        return uri(directory);
    }

    HaltVm vm() {
        return vm;
    }

    Domain domain() {
        return connection.domain("vm");
    }

    long qemu() {
        return vm.pid();
    }

    /// The process of the job that runs now, if there is one. Looks for it by its arguments.
    OptionalLong keeper() {
        String root = directory.resolve("root").toString();
        return ProcessHandle.allProcesses()
                .filter(process ->
                        process.info().arguments().stream().flatMap(Stream::of).anyMatch(root::equals))
                .filter(process -> process.info()
                        .command()
                        .filter(command -> command.endsWith("/java"))
                        .isPresent())
                .mapToLong(ProcessHandle::pid)
                .findFirst();
    }

    int begin(String backupXml) {
        return domain().backupBegin(BackupXml.read(backupXml), Optional.empty(), Set.of());
    }

    int pull(String since) {
        return begin(pullXml(since));
    }

    /// A request for a pull of `vda`; of everything if `since` is empty.
    String pullXml(String since) {
        return "<domainbackup mode='pull'>%s<server transport='unix' socket='%s'/>"
                        .formatted(since.isEmpty() ? "" : "<incremental>" + since + "</incremental>", socket())
                + "<disks><disk name='vda'/><disk name='vdb' backup='no'/></disks></domainbackup>";
    }

    /// Where pulls are served.
    Path socket() {
        return directory.resolve("pull");
    }

    void end(int job) {
        domain().backupEnd(job, Set.of());
    }

    void checkpoint(String name) {
        String xml = "<domaincheckpoint><name>%s</name></domaincheckpoint>".formatted(name);
        domain().checkpointCreate(CheckpointXml.read(xml), Set.of());
    }

    /// What other tools use: the `snapshot-access` export of the running pull, on QEMU's own socket.
    String ownExport() {
        for (var export : vm.monitor().execute("query-block-exports")) {
            String node = export.path("node-name").asText();
            for (var candidate : vm.monitor().execute("query-named-block-nodes")) {
                if (candidate.path("node-name").asText().equals(node)
                        && candidate.path("drv").asText().equals("snapshot-access")) {
                    return nbd(export.path("id").asText(), privateSocket());
                }
            }
        }
        throw new IllegalStateException("no snapshot-access node is exported");
    }

    String frontEnd() {
        return nbd("vda", socket());
    }

    private static String nbd(String export, Path socket) {
        return "nbd+unix:///%s?socket=%s".formatted(export, socket);
    }

    private Path privateSocket() {
        try (Stream<Path> files = Files.walk(directory.resolve("root"))) {
            return files.filter(file -> file.endsWith("nbd.sock")).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void run(String... command) {
        Tool.run(List.of(command));
    }

    @Override
    public void close() {
        connection.close();
        vm.close();
    }
}
