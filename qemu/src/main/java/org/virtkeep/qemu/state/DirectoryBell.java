package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rings when a file of a directory is made or written to, by whatever process (inotify). Its thread sleeps in the
/// kernel until then. It may ring once for several writes, and once too often. Thread-safe.
final class DirectoryBell implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryBell.class);

    private final WatchService service;
    private final Runnable ring;
    private volatile boolean alive = true;

    private DirectoryBell(WatchService service, Runnable ring) {
        this.service = service;
        this.ring = ring;
    }

    /// Hears of all that is written from the return of this.
    ///
    /// @param ring what to do then, by the bell's thread; must not fail
    /// @return empty if the kernel does not tell of the directory
    static Optional<DirectoryBell> of(Path directory, Runnable ring) {
        try {
            WatchService service = directory.getFileSystem().newWatchService();
            var bell = new DirectoryBell(service, ring);
            try {
                directory.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            } catch (IOException e) {
                service.close();
                throw e;
            }
            Thread.ofPlatform().daemon().name("bell").start(bell::listen);
            return Optional.of(bell);
        } catch (IOException e) {
            LOG.info("directory not watched directory={} reason={}", directory, e.getMessage());
            return Optional.empty();
        }
    }

    private void listen() {
        try {
            WatchKey key;
            do {
                key = service.take();
                key.pollEvents();
                ring.run();
            } while (key.reset());
        } catch (ClosedWatchServiceException _) {
            return;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            alive = false;
            ring.run();
        }
    }

    /// False once it cannot ring any more, as when the directory has been deleted. It has rung then.
    boolean isAlive() {
        return alive;
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            LOG.debug("watch not closed", e);
        }
    }
}
