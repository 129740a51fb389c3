package org.virtkeep.transfer;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Makes sure that one domain is backed up into one repository by one process of this host at a time,
/// and keeps the record of that process's run. The kernel frees the lock when its process dies: who
/// holds the lock and finds a record knows that the run of the record is dead.
///
/// The lock file is never deleted. Confined to one thread.
final class RunLock implements AutoCloseable {
    /// Lock files that threads of this process hold. They must not be opened again: closing any descriptor of a file
    /// frees all locks that the process has on it (fcntl(2), "Advisory record locking").
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path folder;
    private final String name;
    private final FileChannel channel;
    private final FileLock lock;

    private RunLock(Path file, Path folder, String name, FileChannel channel, FileLock lock) {
        this.file = file;
        this.folder = folder;
        this.name = name;
        this.channel = channel;
        this.lock = lock;
    }

    /// @param folder where locks and records are kept; created if it is missing
    /// @throws VirtException RESOURCE_BUSY if another process, or another thread of this one, holds it
    static RunLock acquire(Path folder, UUID repository, UUID domain, String domainName) throws IOException {
        Files.createDirectories(folder);
        String name = domain + "-" + repository;
        Path file = folder.toRealPath().resolve(name + ".lock");
        if (!HELD.add(file)) {
            throw busy(domainName);
        }
        boolean locked = false;
        try {
            Optional<RunLock> lock = lock(file, folder, name);
            locked = lock.isPresent();
            return lock.orElseThrow(() -> busy(domainName));
        } finally {
            if (!locked) {
                HELD.remove(file);
            }
        }
    }

    private static Optional<RunLock> lock(Path file, Path folder, String name) throws IOException {
        FileChannel channel = FileChannel.open(file, CREATE, WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return Optional.ofNullable(lock).map(held -> new RunLock(file, folder, name, channel, held));
    }

    private static VirtException busy(String domain) {
        return new VirtException(
                ErrorCode.RESOURCE_BUSY,
                ErrorDomain.DOMAIN,
                "another backup of domain '%s' into this repository is running; wait for its end".formatted(domain));
    }

    private Path recordFile() {
        return folder.resolve(name + ".run");
    }

    /// The record of a run that did not get to its end.
    Optional<RunRecord> record() throws IOException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(recordFile())) {
            properties.load(reader);
            return Optional.of(RunRecord.of(properties));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "'%s' is no record of a backup: %s; look for a job of the domain with 'virtkeep backup-list', end it, and delete the file"
                            .formatted(recordFile(), e.getMessage()),
                    e);
        }
    }

    /// Keeps a record; when this returns, it survives a power cut.
    void write(RunRecord record) throws IOException {
        var bytes = new ByteArrayOutputStream();
        record.properties().store(bytes, "a backup that is running, or that died");
        Path fresh = folder.resolve(name + ".new");
        try (FileChannel file = FileChannel.open(fresh, CREATE, WRITE, TRUNCATE_EXISTING)) {
            ByteBuffer content = ByteBuffer.wrap(bytes.toByteArray());
            while (content.hasRemaining()) {
                file.write(content);
            }
            file.force(true);
        }
        Files.move(fresh, recordFile(), StandardCopyOption.ATOMIC_MOVE);
        forceFolder();
    }

    /// Drops the record: nothing of its run is left.
    void clear() throws IOException {
        if (Files.deleteIfExists(recordFile())) {
            forceFolder();
        }
    }

    private void forceFolder() throws IOException {
        try (FileChannel opened = FileChannel.open(folder, READ)) {
            opened.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            lock.release();
        } finally {
            HELD.remove(file);
        }
    }
}
