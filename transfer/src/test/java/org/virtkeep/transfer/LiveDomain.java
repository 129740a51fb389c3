package org.virtkeep.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.JobState;
import org.virtkeep.qemu.QemuDriver;
import org.virtkeep.repository.Credentials;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryOptions;
import org.virtkeep.repository.RepositorySettings;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.VmDisk;

/// A machine without a guest, known to the embedded driver as domain `vm`, and a repository beside it.
/// What a guest would write, tests write with [HaltVm#io]. Closing ends the machine.
final class LiveDomain implements AutoCloseable {
    private final Path directory;
    private final HaltVm vm;
    private final Connection connection;

    private LiveDomain(Path directory, HaltVm vm, Connection connection) {
        this.directory = directory;
        this.vm = vm;
        this.connection = connection;
    }

    /// New qcow2 disks `vda`, `vdb`, … of these sizes.
    static LiveDomain start(Path directory, String... sizes) {
        var disks = new VmDisk[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            String target = "vd" + (char) ('a' + i);
            disks[i] = VmDisk.qcow2(target, Images.qcow2(image(directory, target), sizes[i]));
        }
        return start(directory, disks);
    }

    static LiveDomain start(Path directory, VmDisk... disks) {
        HaltVm vm = HaltVm.in(directory).disks(disks).start();
        Connection connection = new QemuDriver().open(uri(directory));
        connection.attach("vm", vm.monitorSockets());
        return new LiveDomain(directory, vm, connection);
    }

    static URI uri(Path directory) {
        return URI.create("qemu:///embed?root=" + directory.resolve("root"));
    }

    static Path image(Path directory, String target) {
        return directory.resolve(target + ".qcow2");
    }

    HaltVm vm() {
        return vm;
    }

    Domain domain() {
        return connection.domain("vm");
    }

    Connection connection() {
        return connection;
    }

    static Path repositoryFolder(Path directory) {
        return directory.resolve("repo");
    }

    /// The repository, created when it is asked for first. The caller closes it.
    Repository repository() {
        return repository(repositoryFolder(directory));
    }

    static Repository repository(Path folder) {
        try {
            var settings = RepositorySettings.defaults().withPacks(4 << 20, 2, 1 << 16);
            if (Files.exists(folder.resolve("config"))) {
                return Repository.open(LocalStorage.open(folder), Credentials.none(), settings);
            }
            return Repository.create(
                    LocalStorage.create(folder), RepositoryOptions.defaults().withChunkSize(64 << 10), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BackupOptions options() {
        return options(directory);
    }

    static BackupOptions options(Path directory) {
        return BackupOptions.in(directory.resolve("state"));
    }

    BackupReport backUp(BackupOptions options, BackupListener listener) throws IOException {
        try (Repository repository = repository()) {
            return new DomainBackup(domain(), repository, options, listener, new CancelToken()).run();
        }
    }

    BackupReport backUp() throws IOException {
        return backUp(options(), BackupListener.NONE);
    }

    long runningJobs() {
        return domain().backupJobs().stream()
                .filter(job -> job.state() == JobState.RUNNING)
                .count();
    }

    Set<String> checkpoints() {
        return domain().checkpoints().stream().map(Checkpoint::name).collect(Collectors.toSet());
    }

    @Override
    public void close() {
        connection.close();
        vm.close();
    }
}
