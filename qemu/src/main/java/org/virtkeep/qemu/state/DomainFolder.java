package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Where the state of one domain is kept, and the files of it that every part of the driver uses.
/// Immutable and thread-safe. Change files only while holding [#lock].
///
/// | entry | holds |
/// | --- | --- |
/// | `uuid` | which domain the rest is about |
/// | `domain.xml` | the definition; missing for a domain that is known only while it runs |
/// | `live.json` | the [DomainRun], while a QEMU is believed to run |
/// | `live.xml` | the definition that QEMU was started with |
/// | `storage.json`, `storage.xml` | the same of the storage daemon of a domain that is shut off |
/// | `jobs/`, `checkpoints/`, `snapshots/` | backup jobs, checkpoints and snapshots; made when first needed |
/// | `blockjobs/` | block jobs that a user began and that have not ended; likewise |
/// | `run/` | sockets, and `reboot` while the guest is to be started again; likewise |
/// | `last-end` | why the last QEMU ended |
/// | `autostart` | is there if the domain is started with the host |
/// | `qemu.log` | what QEMU printed |
public final class DomainFolder {
    /// `sun_path` of `struct sockaddr_un` has 108 bytes, one for the final NUL.
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    private final String name;
    private final Path path;
    private final Path lockFile;
    private final Durable durable;
    private final Forgotten forgotten;

    DomainFolder(String name, Path domains, Path locks, Durable durable) {
        this.name = name;
        this.path = domains.resolve(name);
        this.lockFile = locks.resolve(name);
        this.durable = durable;
        this.forgotten = new Forgotten(domains, durable);
    }

    public String name() {
        return name;
    }

    public Path path() {
        return path;
    }

    public Path definitionFile() {
        return path.resolve("domain.xml");
    }

    public Path runFile() {
        return path.resolve("live.json");
    }

    public Path liveXmlFile() {
        return path.resolve("live.xml");
    }

    public Path jobs() {
        return path.resolve("jobs");
    }

    public Path checkpoints() {
        return path.resolve("checkpoints");
    }

    public Path snapshots() {
        return path.resolve("snapshots");
    }

    public Path blockJobs() {
        return path.resolve("blockjobs");
    }

    /// True if there is a record of a checkpoint.
    public boolean hasCheckpoints() {
        try {
            return !Durable.records(checkpoints(), ".xml").isEmpty();
        } catch (IOException e) {
            throw Durable.failure("list", checkpoints(), e);
        }
    }

    public Path run() {
        return path.resolve("run");
    }

    public Path log() {
        return path.resolve("qemu.log");
    }

    /// Removes what QEMU has printed.
    public void deleteLog() {
        try {
            durable.delete(log());
            durable.delete(log().resolveSibling(log().getFileName() + ".1"));
        } catch (IOException e) {
            throw Durable.failure("delete", log(), e);
        }
    }

    /// A path in `run/` for a unix socket.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED if it is longer than the kernel allows
    public Path socket(String fileName) {
        Path socket = run().resolve(fileName);
        int excess = socket.toString().getBytes(StandardCharsets.UTF_8).length - MAX_SOCKET_PATH_BYTES;
        if (excess > 0) {
            throw VirtException.qemu(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "the path of socket '%s' is %d bytes longer than the %d that the kernel allows; choose a shorter root directory or domain name"
                            .formatted(socket, excess, MAX_SOCKET_PATH_BYTES));
        }
        return socket;
    }

    /// True if the domain is known: defined, or believed to run.
    public boolean exists() {
        return Files.exists(definitionFile()) || Files.exists(runFile());
    }

    /// Takes the domain's lock. The folder need not exist.
    ///
    /// @throws VirtException OPERATION_TIMEOUT naming who holds it and why
    public OperationLock lock(String what, Deadline deadline) {
        return OperationLock.acquire(subject(), lockFile, what, deadline);
    }

    /// Takes the domain's lock if it becomes free before `deadline`.
    public Optional<OperationLock> tryLock(String what, Deadline deadline) {
        return OperationLock.tryAcquire(subject(), lockFile, what, deadline);
    }

    private String subject() {
        return "domain '%s'".formatted(name);
    }

    /// Creates the folder and those in it. When this returns, they last. What another domain of
    /// that name left (one that was known only while it ran keeps its records, for when it is
    /// attached again) is removed.
    public void create(UUID uuid) {
        try {
            makeFolder(uuid);
            if (!Files.isDirectory(run())) { // which is there only when the others last
                durable.createDirectories(List.of(jobs(), checkpoints(), snapshots(), blockJobs()));
                durable.forceName(jobs());
                forceOwnName();
                durable.createDirectories(List.of(run()));
            }
        } catch (IOException e) {
            throw Durable.failure("create the folder of domain", path, e);
        }
    }

    /// Creates the folder as [#create] does, but none in it, and stores a definition. When this
    /// returns, both last.
    public void define(UUID uuid, String xml) {
        try {
            makeFolder(uuid);
            if (definitionXml().filter(xml::equals).isPresent()) {
                durable.forceName(definitionFile()); // what it says was forced before it got its name
                return;
            }
            durable.stage(definitionFile(), xml.getBytes(StandardCharsets.UTF_8));
            forceOwnName();
            durable.replaceStaged(definitionFile());
        } catch (IOException e) {
            throw Durable.failure("store the definition", definitionFile(), e);
        }
    }

    /// A definition is only in a folder that lasts.
    private void forceOwnName() throws IOException {
        if (!isDefined()) {
            durable.forceName(path);
        }
    }

    private void makeFolder(UUID uuid) throws IOException {
        boolean exists = Files.isDirectory(path);
        if (exists && !uuid().equals(Optional.of(uuid))) {
            durable.deleteTree(path);
            exists = false;
        }
        if (!exists) {
            durable.createDirectories(List.of(path));
        }
        if (!exists || readText(uuidFile()).filter(uuid.toString()::equals).isEmpty()) {
            durable.swap(uuidFile(), uuid.toString());
        }
    }

    /// The UUID of the domain that the folder is about; empty if there is none. It is also in the definition, where
    /// it is looked for if a crash of the host has left none here.
    public Optional<UUID> uuid() {
        return readText(uuidFile())
                .flatMap(DomainFolder::toUuid)
                .or(() -> definitionXml().or(this::liveXml).flatMap(DomainFolder::uuidIn));
    }

    private static Optional<UUID> toUuid(String text) {
        try {
            return Optional.of(UUID.fromString(text.strip()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<UUID> uuidIn(String xml) {
        try {
            return Optional.of(DomainXml.read(xml).uuid());
        } catch (VirtException _) {
            return Optional.empty(); // not ours
        }
    }

    private Path uuidFile() {
        return path.resolve("uuid");
    }

    /// Removes what writers that died have left staged. Call it while holding the domain's lock.
    public void clearStaged() {
        for (Path directory : List.of(path, jobs(), checkpoints(), snapshots(), blockJobs())) {
            try {
                durable.clearStaged(directory);
            } catch (IOException e) {
                throw Durable.failure("clean up", directory, e);
            }
        }
    }

    /// Removes the folder with all that is in it.
    public void delete() {
        forget().run();
    }

    /// Makes the domain unknown for good, in one step: its folder gets a name that no domain can have. So a crash of
    /// any kind leaves the whole domain or none, and it takes one write to disk, however much there is to delete.
    ///
    /// @return deletes the folder, which nobody has to wait for. If nobody does, whoever forgets a domain next
    ///     does it, or [Root#clearForgotten]
    public Runnable forget() {
        try {
            forgotten.add(path);
        } catch (IOException e) {
            throw Durable.failure("delete the folder of domain", path, e);
        }
        return forgotten::clear;
    }

    /// The persistent definition as it was stored; empty for a domain that is known only while it runs.
    public Optional<String> definitionXml() {
        return readText(definitionFile());
    }

    public void writeDefinition(String xml) {
        write(definitionFile(), xml);
    }

    /// The definition that the running QEMU was started with.
    public Optional<String> liveXml() {
        return reading(liveXmlFile(), live()::readXml);
    }

    public void writeLiveXml(String xml) {
        writing(liveXmlFile(), () -> live().writeXml(durable, xml, !isDefined()));
    }

    private RunFiles live() {
        return new RunFiles(runFile(), liveXmlFile(), run());
    }

    private RunFiles storage() {
        return new RunFiles(storageFile(), storageXmlFile(), run());
    }

    /// The run as it was last recorded; empty if the domain is shut off, or [#hasLostRun()]. Whether its QEMU still
    /// lives is another question.
    public Optional<DomainRun> readRun() {
        return reading(runFile(), live()::read);
    }

    /// True if the domain was running when its host crashed, and the record of that was not yet on disk.
    public boolean hasLostRun() {
        return reading(runFile(), live()::isLost);
    }

    public void writeRun(DomainRun run) {
        writing(runFile(), () -> live().write(durable, run));
    }

    /// Records that a QEMU has ended. A domain that was known only because it ran is forgotten; but
    /// what belongs to an attached one is kept, for when it is attached again.
    ///
    /// @param why in libvirt's words, such as `destroyed`
    public void endRun(DomainRun run, String why) {
        endRun(run.attached(), why);
    }

    /// As [#endRun(DomainRun, String)], after [#hasLostRun()].
    public void endLostRun(String why) {
        endRun(false, why);
    }

    private void endRun(boolean attached, String why) {
        writing(lastEndFile(), () -> durable.swap(lastEndFile(), why)); // and made to last with the next
        deleteRun();
        if (!attached && !isDefined()) {
            delete();
        }
    }

    /// Why the last QEMU ended, as [#endRun] was told.
    public Optional<String> lastEnd() {
        return readText(lastEndFile());
    }

    private Path lastEndFile() {
        return path.resolve("last-end");
    }

    /// True if the domain is started with the host.
    public boolean isAutostart() {
        return Files.exists(autostartFile());
    }

    public void setAutostart(boolean autostart) {
        try {
            if (autostart) {
                durable.replace(autostartFile(), "");
            } else {
                durable.delete(autostartFile());
            }
        } catch (IOException e) {
            throw Durable.failure("change", autostartFile(), e);
        }
    }

    private Path autostartFile() {
        return path.resolve("autostart");
    }

    /// True while the guest is to be started again when it has shut down. Forgotten with the run.
    public boolean isRebooting() {
        return Files.exists(rebootFile());
    }

    public void setRebooting(boolean rebooting) {
        try {
            if (rebooting) {
                durable.swap(rebootFile(), "");
            } else {
                durable.discard(rebootFile());
            }
        } catch (IOException e) {
            throw Durable.failure("change", rebootFile(), e);
        }
    }

    private Path rebootFile() {
        return run().resolve("reboot");
    }

    /// True if there is a persistent definition.
    public boolean isDefined() {
        return Files.exists(definitionFile());
    }

    /// True if a QEMU or a storage daemon is believed to run.
    public boolean isHeld() {
        return Files.exists(runFile()) || Files.exists(storageFile());
    }

    /// Removes the definition; if the domain runs, it is known until its end.
    public void deleteDefinition() {
        try {
            durable.forceContent(liveXmlFile()); // now the only one
            durable.delete(definitionFile());
        } catch (IOException e) {
            throw Durable.failure("delete", definitionFile(), e);
        }
        setAutostart(false);
    }

    /// Records that no QEMU runs any more. What is in `run/` is removed as well: nobody listens there.
    public void deleteRun() {
        try {
            durable.deleteAll(path, List.of(runFile(), liveXmlFile()));
            durable.clear(run());
        } catch (IOException e) {
            throw Durable.failure("delete", runFile(), e);
        }
    }

    public Path storageFile() {
        return path.resolve("storage.json");
    }

    public Path storageXmlFile() {
        return path.resolve("storage.xml");
    }

    /// The storage daemon that has the domain's images open while the domain is shut off, as it was
    /// last recorded.
    public Optional<DomainRun> readStorage() {
        return reading(storageFile(), storage()::read);
    }

    /// Records a storage daemon.
    ///
    /// @param definition which it opens images of
    public void writeStorage(DomainRun storage, String definition) {
        writing(storageXmlFile(), () -> storage().writeXml(durable, definition, false));
        writeStorage(storage);
    }

    public void writeStorage(DomainRun storage) {
        writing(storageFile(), () -> storage().write(durable, storage));
    }

    /// True if the domain's images were open when the host crashed, and the record of that was not yet on disk.
    public boolean hasLostStorage() {
        return reading(storageFile(), storage()::isLost);
    }

    /// The definition that the storage daemon opens images of.
    public Optional<String> storageXml() {
        return reading(storageXmlFile(), storage()::readXml);
    }

    /// Records that no storage daemon runs any more.
    public void deleteStorage() {
        try {
            durable.discard(storageFile());
            durable.discard(storageXmlFile());
            durable.clear(run());
        } catch (IOException e) {
            throw Durable.failure("delete", storageFile(), e);
        }
    }

    /// What has the domain's images open as far as is recorded: its QEMU, or its storage daemon.
    public Optional<DomainRun> readHolder() {
        return readRun().or(this::readStorage);
    }

    private void write(Path file, String content) {
        writing(file, () -> durable.replace(file, content));
    }

    private static Optional<String> readText(Path file) {
        return reading(file, () -> Durable.readText(file));
    }

    private interface Reading<T> {
        T run() throws IOException;
    }

    private static <T> T reading(Path file, Reading<T> reading) {
        try {
            return reading.run();
        } catch (IOException e) {
            throw Durable.failure("read", file, e);
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void writing(Path file, Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw Durable.failure("write", file, e);
        }
    }
}
